// Tests see the same git and the same environment on every machine: no personal git settings, no outer `cox` attempt.

for (const name of Object.keys(process.env)) {
  if (name.startsWith('COX_') && name !== 'COX_CORPUS') delete process.env[name];
  if (name.startsWith('GIT_')) delete process.env[name];
}

Object.assign(process.env, {
  GIT_AUTHOR_NAME: 'Test Author',
  GIT_AUTHOR_EMAIL: 'author@example.test',
  GIT_COMMITTER_NAME: 'Test Committer',
  GIT_COMMITTER_EMAIL: 'committer@example.test',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
});
