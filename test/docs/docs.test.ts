import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { CATALOG } from '../../src/cli/catalog.ts';
import { loadProjectConfig } from '../../src/playbook/index.ts';
import { cox, git, scratch, write } from '../cli/cox.ts';
import { project } from '../cli/project.ts';
import { type Block, blocksOf, linksOf } from './markdown.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PAGES = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'AGENTS.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.split(path.sep).join('/')}`),
];
/** `text` is the mark of a block that is only to be read. */
const LANGUAGES = ['sh', 'yaml', 'json', 'markdown', 'text'];
const pages = PAGES.map((page) => ({ page, text: readFileSync(path.join(ROOT, page), 'utf8') }));
const blocks = pages.flatMap(({ page, text }) => blocksOf(text).map((block) => ({ ...block, page })));
const scripts: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(path.join(ROOT, 'package.json'), 'utf8'),
).scripts;

const named = (language: string): (readonly [string, Block])[] =>
  blocks.filter((block) => block.language === language).map((block) => [`${block.page}:${block.line}`, block]);

test('every block says what it is', () => {
  const odd = blocks.filter(
    ({ language, page }) => !LANGUAGES.includes(language) && !(language === '' && page === 'ARCHITECTURE.md'),
  );
  expect(odd.map(({ page, line, language }) => `${page}:${line} ${language}`)).toEqual([]);
});

test.each(named('json'))('%s is JSON', (_name, { text }) => {
  expect(() => JSON.parse(text)).not.toThrow();
});

test.each(named('yaml'))('%s is a configuration that loads', async (_name, { text }) => {
  const { root } = project({ config: text, repository: false, files: { 'apps/api/x': '' } });
  expect(parse(text)).toHaveProperty('playbook');
  const loaded = await loadProjectConfig({ projectRoot: root });
  expect(loaded.ok ? [] : loaded.problems).toEqual([]);
});

test.each(named('markdown'))('%s is a table that can be read', async (_name, { text }) => {
  const { root } = project({ tasks: text });
  const { code, stderr, stdout } = await cox(['lint'], { cwd: root });
  expect({ code, stderr, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('no mistakes') });
});

describe('shell blocks', () => {
  test('every npm script they name exists', () => {
    const missing = pages.flatMap(({ page, text }) =>
      [...text.matchAll(/npm run ([a-z:]+)/g)]
        .filter(([, name = '']) => !(name in scripts) && !isExample(page))
        .map(([all]) => `${page}: ${all}`),
    );
    expect(missing).toEqual([]);
  });

  // Not the fixture's gates, but those of the reader's project.
  function isExample(page: string): boolean {
    return page === 'docs/guide.md' || page === 'docs/adr';
  }

  test('every `cox` command the prose names exists', () => {
    const names = new Set(CATALOG.map(({ name }) => name.split(' ')[0]));
    const unknown = pages
      .filter(({ page }) => page !== 'ARCHITECTURE.md')
      .flatMap(({ page, text }) =>
        [...text.matchAll(/`cox ([a-z]+)/g)]
          .filter(([, name = '']) => !names.has(name))
          .map(([all]) => `${page}: ${all}`),
      );
    expect(unknown).toEqual([]);
  });

  test("README: the five minutes, line by line, in a repository like the reader's", async () => {
    const readme = blocks.filter(({ page, language }) => page === 'README.md' && language === 'sh');
    const table = blocks.find(({ page, language }) => page === 'README.md' && language === 'markdown');
    const lines = readme.flatMap(({ text }) => text.trim().split('\n')).filter((line) => !line.startsWith('npm '));
    expect(lines).toContain('cox run');
    const { root, bin } = reader(table?.text ?? '');
    for (const line of lines) expect(await shell(line, root, bin), line).toMatchObject({ code: 0 });
    expect(readFileSync(path.join(root, 'docs/tasks.md'), 'utf8').match(/\| done /g)).toHaveLength(3);
  });

  test('guide: its commands work in that repository', async () => {
    const { root, bin } = reader(
      blocks.find(({ page, language }) => page === 'README.md' && language === 'markdown')?.text ?? '',
    );
    await shell('cox init --yes', root, bin);
    const lines = blocks
      .filter(({ page, language }) => page === 'docs/guide.md' && language === 'sh')
      .flatMap(({ text }) => text.trim().split('\n'));
    for (const line of lines) expect(await shell(line, root, bin), line).toMatchObject({ code: 0 });
  });

  test('the others are known: npm only', () => {
    const rest = blocks.filter(
      ({ page, language }) => language === 'sh' && page !== 'README.md' && page !== 'docs/guide.md',
    );
    const lines = rest.flatMap(({ text }) => text.trim().split('\n'));
    expect(
      lines.filter((line) => !/^npm (?:ci|test|run [a-z:]+)(?: && npm (?:ci|test|run [a-z:]+))?$/.test(line)),
    ).toEqual([]);
  });
});

test.each(pages.map(({ page, text }) => [page, text] as const))('links of %s resolve', (page, text) => {
  const broken = linksOf(text).filter(
    (link) => !existsSync(path.resolve(ROOT, path.dirname(page), link.replace(/#.*$/, ''))),
  );
  expect(broken).toEqual([]);
});

test('no page names the place where it was written', () => {
  expect(pages.filter(({ text }) => /\/work\/|shared\//.test(text)).map(({ page }) => page)).toEqual([]);
});

/** A repository with the table of the README, a `claude` that works, and `cox` on PATH. */
function reader(tasks: string): { root: string; bin: string } {
  const made = project({ tasks, remote: true });
  const bin = scratch();
  const agent = `#!/bin/sh
cat >/dev/null
mkdir -p work && echo "$COX_TASK_ID" >"work/$COX_TASK_ID.txt"
git add -A && git commit -q -m "fix($COX_TASK_ID): work" || exit 1
printf '{"task_id": "%s", "status": "success", "used": "1K", "commit_sha": "%s", "notes": "done"}\\n' "$COX_TASK_ID" "$(git rev-parse HEAD)"
`;
  write(bin, { claude: agent });
  git(bin, 'init', '-q');
  git(made.root, 'rm', '-q', 'coxswain.yaml');
  git(made.root, 'commit', '-q', '-m', 'No configuration yet');
  return { root: made.root, bin };
}

async function shell(line: string, cwd: string, bin: string): Promise<{ code: number; output: string }> {
  const { chmodSync, symlinkSync } = await import('node:fs');
  const { spawnSync } = await import('node:child_process');
  chmodSync(path.join(bin, 'claude'), 0o755);
  if (!existsSync(path.join(bin, 'cox'))) symlinkSync(path.join(ROOT, 'bin/cox'), path.join(bin, 'cox'));
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { cwd, env, encoding: 'utf8' });
  return { code: status ?? -1, output: stdout + stderr };
}
