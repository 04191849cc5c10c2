import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';
import { defineConfig, type Plugin } from 'rolldown';

const root = import.meta.dirname;
const src = path.join(root, 'src');
const launcher = '\0launcher';

// The compile cache only serves modules loaded after it is enabled, so the program is imported behind this line.
const launcherSource = `import { enableCompileCache } from 'node:module';
enableCompileCache();
await import(${JSON.stringify(path.join(src, 'cli/main.ts'))});
`;

const compileCache: Plugin = {
  name: 'compile-cache',
  resolveId: (id) => (id === launcher ? id : null),
  load: (id) => (id === launcher ? launcherSource : null),
};

// A source file finds its data beside itself through import.meta. Bundled code all lies in dist/, so src/a/b.ts is told
// that it is dist/a/b.js, the place where tsc puts the same module for the library.
const keepPlaces: Plugin = {
  name: 'keep-places',
  transform(code, id) {
    if (!id.startsWith(src + path.sep) || !/\bimport\.meta\.(url|dirname|filename)\b/.test(code)) return null;
    const place = path.relative(src, id).split(path.sep).join('/').replace(/\.ts$/, '.js');
    return code
      .replace(/\bimport\.meta\.url\b/g, `new URL(${JSON.stringify(`./${place}`)}, import.meta.url).href`)
      .replace(
        /\bimport\.meta\.dirname\b/g,
        `(import.meta.dirname + ${JSON.stringify(`/${path.posix.dirname(place)}`)})`,
      )
      .replace(/\bimport\.meta\.filename\b/g, `(import.meta.dirname + ${JSON.stringify(`/${place}`)})`);
  },
};

const copyData: Plugin = {
  name: 'copy-data',
  writeBundle() {
    const builtin = path.join(src, 'playbook/builtin');
    if (!existsSync(builtin)) return;
    cpSync(builtin, path.join(root, 'dist/playbook/builtin'), {
      recursive: true,
      filter: (file) => !file.endsWith('.ts'),
    });
  },
};

export default defineConfig({
  input: { cox: launcher },
  platform: 'node',
  plugins: [compileCache, keepPlaces, copyData],
  output: {
    dir: 'dist',
    format: 'esm',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunk-[name]-[hash].js',
  },
});
