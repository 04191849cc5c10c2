import { afterEach, describe, expect, it } from 'vitest';
import type { Place, PrepareRequest, Workspaces } from '../port/workspace.ts';

/** A project with a remote, two files `src/a.txt` and `src/b.txt`, a ledger, and somebody who works in its workspaces. */
export interface WorkspaceWorld {
  /** Opens the workspaces as another life of ours would: nothing is remembered but what is stored. */
  open(): Workspaces;
  /** The ledger's document, as path in the repository. */
  readonly ledger: string;
  /** What a worker does: writes files below the root of the place, and commits them to its branch. */
  write(place: Place, files: Readonly<Record<string, string>>): Promise<void>;
  commit(place: Place, files: Readonly<Record<string, string>>): Promise<string>;
  /** Text of a file; null: it is not there. */
  read(folder: string, name: string): Promise<string | null>;
  /** Tip of a branch of the remote; null: there is none. */
  remoteTip(branch: string): Promise<string | null>;
  /** Nothing can lose this commit any more: some ref has it. */
  isKept(commit: string): Promise<boolean>;
  /** Some ref has a commit with exactly this text in that file. */
  isSaved(name: string, text: string): Promise<boolean>;
  remove(): Promise<void>;
}

/**
 * What every adapter of `Workspaces` keeps to (M1, E6-E8, O2, T6, T13).
 *
 * @example workspaceConformance('git', makeGitWorld);
 */
export function workspaceConformance(name: string, makeWorld: () => Promise<WorkspaceWorld>): void {
  describe(`workspaces: ${name}`, () => {
    const worlds: WorkspaceWorld[] = [];

    async function one(): Promise<WorkspaceWorld> {
      const made = await makeWorld();
      worlds.push(made);
      return made;
    }

    afterEach(async () => {
      for (const world of worlds.splice(0)) await world.remove();
    });

    describe('prepare', () => {
      it('gives a place with the files of the base and without the ledger', async () => {
        const world = await one();
        const place = await ready(world.open());
        expect(place).toMatchObject({ branch: 'task/t-1', base: 'main', path: place.root });
        expect(await world.read(place.root, 'src/a.txt')).toBe('a\n');
        expect(await world.read(place.root, world.ledger)).toBeNull();
      });

      it('gives the same place again, for the same attempt and for another life', async () => {
        const world = await one();
        const place = await ready(world.open());
        await world.commit(place, { 'src/a.txt': 'work\n' });
        await world.write(place, { 'src/b.txt': 'dirty\n' });
        expect(await ready(world.open())).toEqual(place);
        expect(await world.read(place.root, 'src/b.txt')).toBe('dirty\n');
      });

      it('O2: judges the next attempt by all that came since the first', async () => {
        const world = await one();
        const place = await ready(world.open());
        await world.commit(place, { 'src/a.txt': 'work\n' });
        expect(await ready(world.open(), { fence: 2 })).toMatchObject({ root: place.root, start: place.start });
      });

      it('keeps two tasks apart', async () => {
        const world = await one();
        const first = await ready(world.open());
        const second = await ready(world.open(), { task: 'T-2', branch: 'task/t-2' });
        await world.commit(first, { 'src/a.txt': 'first\n' });
        expect(await world.read(second.root, 'src/a.txt')).toBe('a\n');
      });

      it('merges the commits of dependencies in', async () => {
        const world = await one();
        const workspaces = world.open();
        const first = await world.commit(await ready(workspaces), { 'src/a.txt': 'first\n' });
        const second = await world.commit(await ready(workspaces, { task: 'T-2', branch: 'task/t-2' }), {
          'src/b.txt': 'second\n',
        });
        const deps = [
          { task: 'T-1', commit: first },
          { task: 'T-2', commit: second },
        ];
        const place = await ready(workspaces, { task: 'T-3', branch: 'task/t-3', deps });
        expect(await world.read(place.root, 'src/a.txt')).toBe('first\n');
        expect(await world.read(place.root, 'src/b.txt')).toBe('second\n');
        // What was brought in is not the worker's doing.
        expect((await inspected(workspaces, { task: 'T-3' })).work.isChanged).toBe(false);
      });

      it('names both sides of a conflict between dependencies, and leaves nothing half-done', async () => {
        const world = await one();
        const workspaces = world.open();
        const first = await world.commit(await ready(workspaces), { 'src/a.txt': 'first\n' });
        const second = await world.commit(await ready(workspaces, { task: 'T-2', branch: 'task/t-2' }), {
          'src/a.txt': 'second\n',
        });
        const deps = [
          { task: 'T-1', commit: first },
          { task: 'T-2', commit: second },
        ];
        const request = asked({ task: 'T-3', branch: 'task/t-3', deps });
        const result = await workspaces.prepare(request);
        expect(result.ok ? null : result.failure).toMatchObject({
          class: 'merge',
          text: expect.stringMatching(/T-2.*src\/a\.txt/s),
        });
        expect((await workspaces.prepare({ ...request, deps: [] })).ok).toBe(true);
      });

      it('refuses the base branch, and a branch that another task works on', async () => {
        const world = await one();
        const workspaces = world.open();
        await ready(workspaces);
        for (const change of [{ branch: 'main' }, { branch: 'task/t-1' }]) {
          const result = await workspaces.prepare(asked({ task: 'T-2', ...change }));
          expect(result.ok ? null : result.failure.class).toBe('workspace');
        }
      });
    });

    describe('inspect', () => {
      it('sees that nothing was done', async () => {
        const world = await one();
        const workspaces = world.open();
        const { start } = await begun(workspaces);
        const { work, violations } = await inspected(workspaces);
        expect(work).toEqual({ head: start, start, isChanged: false, claimProblem: null });
        expect(violations).toEqual([]);
      });

      it('sees what was done, twice the same', async () => {
        const world = await one();
        const workspaces = world.open();
        const place = await begun(workspaces);
        const commit = await world.commit(place, { 'src/a.txt': 'work\n' });
        const seen = await inspected(workspaces, { claimed: commit.slice(0, 10) });
        expect(seen.work).toEqual({ head: commit, start: place.start, isChanged: true, claimProblem: null });
        expect(seen.violations).toEqual([]);
        expect(await inspected(world.open(), { claimed: commit.slice(0, 10) })).toEqual(seen);
        expect(await world.isKept(commit)).toBe(true);
      });

      it('takes no net change for none, and says what is wrong with a claim', async () => {
        const world = await one();
        const workspaces = world.open();
        const place = await begun(workspaces);
        await world.commit(place, { 'src/a.txt': 'work\n' });
        await world.commit(place, { 'src/a.txt': 'a\n' });
        const { work } = await inspected(workspaces, { claimed: place.start });
        expect(work.isChanged).toBe(false);
        expect(work.claimProblem).toMatch(/older/);
        expect((await inspected(workspaces, { claimed: '0123456789' })).work.claimProblem).toMatch(/does not exist/);
      });

      it('saves files that were not committed, and leaves them where they are', async () => {
        const world = await one();
        const workspaces = world.open();
        const place = await begun(workspaces);
        await world.write(place, { 'src/new.txt': 'unsaved\n' });
        await inspected(workspaces);
        expect(await world.isSaved('src/new.txt', 'unsaved\n')).toBe(true);
        expect(await world.read(place.root, 'src/new.txt')).toBe('unsaved\n');
      });

      it('refuses a commit that touches the ledger, also one that was taken back', async () => {
        const world = await one();
        const workspaces = world.open();
        const place = await begun(workspaces);
        await world.commit(place, { [world.ledger]: 'mine\n', 'src/a.txt': 'work\n' });
        const { violations } = await inspected(workspaces);
        expect(violations).toMatchObject([{ what: 'owned-file', path: world.ledger }]);
      });
    });

    describe('landing', () => {
      it('pushes exactly the commit, and again without harm', async () => {
        const world = await one();
        const workspaces = world.open();
        const place = await begun(workspaces);
        const commit = await world.commit(place, { 'src/a.txt': 'work\n' });
        await world.commit(place, { 'src/a.txt': 'more\n' });
        const request = { task: 'T-1', repo: null, branch: 'task/t-1', commit };
        expect(await workspaces.push(request)).toBeNull();
        expect(await world.remoteTip('task/t-1')).toBe(commit);
        expect(await workspaces.push(request)).toBeNull();
      });

      it('gives gates exactly the commit, ledger included, and no leftovers', async () => {
        const world = await one();
        const workspaces = world.open();
        const place = await begun(workspaces);
        const commit = await world.commit(place, { 'src/a.txt': 'work\n' });
        await world.write(place, { 'src/b.txt': 'dirty\n' });
        const first = await workspaces.gatePlace({ repo: null, commit });
        expect(await world.read(first.path, 'src/a.txt')).toBe('work\n');
        expect(await world.read(first.path, 'src/b.txt')).toBe('b\n');
        expect(await world.read(first.path, world.ledger)).not.toBeNull();
        const second = await workspaces.gatePlace({ repo: null, commit: place.start });
        expect(second.path).not.toBe(first.path);
        await second.release();
        await first.release();
        const third = await workspaces.gatePlace({ repo: null, commit: place.start });
        expect(await world.read(third.path, 'src/a.txt')).toBe('a\n');
        await third.release();
      });
    });

    describe('cleanup', () => {
      it('keeps the work, removes the place, and does nothing the second time', async () => {
        const world = await one();
        const workspaces = world.open();
        const place = await begun(workspaces);
        const commit = await world.commit(place, { 'src/a.txt': 'work\n' });
        await world.write(place, { 'src/b.txt': 'unsaved\n' });
        await workspaces.cleanup({ task: 'T-1', fence: 1, keep: false, isDone: true });
        await world.open().cleanup({ task: 'T-1', fence: 1, keep: false, isDone: true });
        expect(await world.read(place.root, 'src/a.txt')).toBeNull();
        expect(await world.isKept(commit)).toBe(true);
        expect(await world.isSaved('src/b.txt', 'unsaved\n')).toBe(true);
        expect(await ready(workspaces, { fence: 2 })).toMatchObject({ start: commit });
      });

      it('E14: the next life of a task that did not end well goes on from what its branch got', async () => {
        const world = await one();
        const workspaces = world.open();
        const place = await begun(workspaces);
        const commit = await world.commit(place, { 'src/a.txt': 'work\n' });
        await workspaces.cleanup({ task: 'T-1', fence: 1, keep: false, isDone: false });
        const again = await begun(workspaces, { fence: 2 });
        expect(again.start).toBe(place.start);
        expect((await workspaces.inspect({ task: 'T-1', fence: 2, claimed: commit })).work).toMatchObject({
          isChanged: true,
          claimProblem: null,
        });
        await workspaces.cleanup({ task: 'T-1', fence: 2, keep: false, isDone: true });
        expect(await ready(workspaces, { fence: 3 })).toMatchObject({ start: commit });
      });

      it('with `keep` leaves the files and frees the branch', async () => {
        const world = await one();
        const workspaces = world.open();
        const place = await begun(workspaces);
        await world.write(place, { 'src/b.txt': 'unsaved\n' });
        await workspaces.cleanup({ task: 'T-1', fence: 1, keep: true, isDone: false });
        expect(await world.read(place.root, 'src/b.txt')).toBe('unsaved\n');
        expect((await workspaces.prepare(asked({ task: 'T-2' }))).ok).toBe(true);
      });

      it('goes on in a place that was kept', async () => {
        const world = await one();
        const workspaces = world.open();
        const place = await begun(workspaces);
        await world.commit(place, { 'src/a.txt': 'work\n' });
        await world.write(place, { 'src/b.txt': 'unsaved\n' });
        await workspaces.cleanup({ task: 'T-1', fence: 1, keep: true, isDone: false });
        expect(await ready(workspaces, { fence: 2 })).toMatchObject({ root: place.root, start: place.start });
        expect(await world.read(place.root, 'src/a.txt')).toBe('work\n');
        expect(await world.read(place.root, 'src/b.txt')).toBe('unsaved\n');
      });
    });
  });
}

function asked(change: Partial<PrepareRequest> = {}): PrepareRequest {
  return { task: 'T-1', fence: 1, repo: null, branch: 'task/t-1', mergeBase: false, deps: [], ...change };
}

async function ready(workspaces: Workspaces, change: Partial<PrepareRequest> = {}): Promise<Place> {
  const result = await workspaces.prepare(asked(change));
  if (!result.ok) throw new Error(result.failure.text);
  return result.place;
}

/** Prepared and guarded, as before an attempt. */
async function begun(workspaces: Workspaces, { fence }: { readonly fence: number } = { fence: 1 }): Promise<Place> {
  const place = await ready(workspaces, { fence });
  await workspaces.guard({ task: 'T-1', fence });
  return place;
}

function inspected(workspaces: Workspaces, change: { readonly task?: string; readonly claimed?: string } = {}) {
  return workspaces.inspect({ task: 'T-1', fence: 1, claimed: null, ...change });
}
