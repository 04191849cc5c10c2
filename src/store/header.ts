import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from './store-error.ts';
import { APPLICATION_ID } from './version.ts';

/**
 * Schema version of an open file; 0: an empty one. Refuses files that are not ours and files of a newer program. Reads
 * only the header, in one statement, so that a process that migrates the file meanwhile is seen whole or not at all.
 */
export function checkSchema(database: DatabaseSync, file: string, known: number): number {
  const header = database.prepare(HEADER).get();
  const version = Number(header?.version);
  const isNew = version === 0 && Number(header?.tables) === 0;
  if (!isNew && Number(header?.application) !== APPLICATION_ID) {
    throw new StoreError(
      'not-ours',
      `Cannot use ${file}: it is a database of another program. Move it away, then run cox again.`,
    );
  }
  if (version > known) {
    throw new StoreError(
      'newer-schema',
      `Cannot use ${file}: it was written by a newer cox (schema ${version}, this one knows ${known}). Update cox.`,
    );
  }
  return version;
}

const HEADER = `select
  (select user_version from pragma_user_version) as version,
  (select application_id from pragma_application_id) as application,
  (select count(*) from sqlite_schema) as tables`;
