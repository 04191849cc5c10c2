/** Number of migrations a state file has behind it, kept in its header (`user_version`); equal to `MIGRATIONS.length`. */
export const SCHEMA_VERSION = 1;

/** `Coxs`, in the header of every state file, so that we never write into a database of somebody else. */
export const APPLICATION_ID = 0x436f7873;
