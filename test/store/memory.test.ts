import { Memory, openMemoryStore } from '../../src/store/memory.ts';
import { storeConformance } from '../../src/testing/store-conformance.ts';

storeConformance('memory', async () => {
  const memory = new Memory();
  return { open: async () => openMemoryStore(memory), remove: async () => {} };
});
