import process from 'node:process';

/**
 * What every agent and gate may see of our environment (A3): where programs and settings are, language and terminal, who
 * commits, and which git settings hold. Everything else, and so every secret, stays here unless `passEnv` names it.
 */
const ALLOWED: readonly string[] = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_DATA_HOME'],
  ...['LANG', 'LANGUAGE', 'LC_*', 'TZ', 'TERM', 'COLORTERM', 'NO_COLOR'],
  ...['GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL'],
  ...['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM', 'GIT_TERMINAL_PROMPT'],
];

/**
 * The allow-listed part of our environment. Names in `passEnv` are added; one that ends in `*` stands for all that begin
 * so (`ANTHROPIC_*`).
 */
export function allowedEnvironment(passEnv: readonly string[] = []): Record<string, string> {
  const allowed = [...ALLOWED, ...passEnv];
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && allowed.some((pattern) => stands(pattern, name))) environment[name] = value;
  }
  return environment;
}

function stands(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
