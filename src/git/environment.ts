import process from 'node:process';

/**
 * Variables of ours that git may see. An inherited `GIT_DIR` or `GIT_INDEX_FILE` (we may run inside a hook) would quietly
 * aim every command at another repository; and hooks, filters and helpers that git starts have no business with our secrets.
 */
const KEPT: readonly RegExp[] = [
  /^GIT_(?:AUTHOR_\w+|COMMITTER_\w+|CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|SSH\w*|SSL_\w+|PROXY_\w+|EXEC_PATH|ALLOW_PROTOCOL)$/,
  // Who we are and where things are.
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|TMP|TEMP|TERM|XDG_\w+)$/,
  // Ways to a credential that are not one themselves.
  /^(?:SSH_AUTH_SOCK|SSH_AGENT_PID|GNUPGHOME|GPG_TTY|KRB5CCNAME|KRB5_CONFIG|DBUS_SESSION_BUS_ADDRESS)$/,
  /^(?:https?|ftp|all|no)_proxy$/i,
  /^(?:SSL_CERT_(?:FILE|DIR)|CURL_CA_BUNDLE)$/,
  // Windows finds nothing without them.
  /^(?:SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|USERPROFILE|HOMEDRIVE|HOMEPATH|APPDATA|LOCALAPPDATA|PROGRAMDATA)$/i,
];

/** What every git process of ours gets, whatever the person's shell says (M1). */
const FIXED: Readonly<Record<string, string>> = {
  // A missing credential must fail at once: nobody sits in front of the prompt.
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: 'false',
  SSH_ASKPASS: 'false',
  SSH_ASKPASS_REQUIRE: 'never',
  GCM_INTERACTIVE: 'never',
  GIT_EDITOR: ':',
  GIT_SEQUENCE_EDITOR: ':',
  GIT_MERGE_AUTOEDIT: 'no',
  GIT_PAGER: 'cat',
  // A look must never take a lock away from the person's own git.
  GIT_OPTIONAL_LOCKS: '0',
  // `refs/replace/*` can make a commit look like another one.
  GIT_NO_REPLACE_OBJECTS: '1',
  LC_ALL: 'C',
  LANGUAGE: '',
};

/** Settings that win over the person's: no background `gc` that outlives us, no surprises from submodules. */
export const FIXED_CONFIG: readonly string[] = [
  'core.quotePath=false',
  'credential.interactive=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'core.fsmonitor=false',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'http.lowSpeedLimit=1',
  'http.lowSpeedTime=60',
];

export function gitEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && KEPT.some((pattern) => pattern.test(name))) env[name] = value;
  }
  return { ...env, ...FIXED, ...extra };
}

/**
 * ssh that never asks. Somebody's own command is kept and only told to be quiet, when it is ssh at all: what other
 * programs (plink, a wrapper) take as options is not ours to guess.
 */
export function sshCommand(configured: string | null): string | null {
  const command = process.env.GIT_SSH_COMMAND ?? configured;
  if (command === null) return process.env.GIT_SSH === undefined ? 'ssh -o BatchMode=yes' : null;
  return /^(?:\S*\/)?ssh(?:\s|$)/.test(command) ? `${command} -o BatchMode=yes` : command;
}
