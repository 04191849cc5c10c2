import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { storeConformance } from '../../src/testing/store-conformance.ts';

storeConformance('sqlite', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cox-store-'));
  return {
    open: () => openSqliteStore(path.join(folder, 'state.db')),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
});
