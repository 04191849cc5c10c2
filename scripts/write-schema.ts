import { writeFile } from 'node:fs/promises';
import { playbookJsonSchema } from '../src/playbook/index.ts';

// Editors read this file; `test/playbook/json-schema.test.ts` says when it is out of date. Run `npm run format` after it.
const file = new URL('../docs/coxswain.schema.json', import.meta.url);
await writeFile(file, `${JSON.stringify(playbookJsonSchema(), null, 2)}\n`);
