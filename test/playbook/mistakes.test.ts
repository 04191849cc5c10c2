import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProjectConfig } from '../../src/playbook/index.ts';
import { loadFiles, loadText, mistakes } from './load-text.ts';

/** Configuration with one mistake; ‸ stands right before its place. Beside it, the whole sentence. */
const MISTAKES: readonly (readonly [yaml: string, sentence: string])[] = [
  ['playbook: task-table\n‸limt: 1', 'unknown key "limt"; did you mean "limit"?'],
  ['playbook: ‸task-tabel', 'unknown playbook "task-tabel"; did you mean "task-table"?'],
  ['playbook: ‸3', 'playbook is 3; expected text'],
  [
    'playbook: ‸nope',
    'unknown playbook "nope"; expected one of task-table, pipeline, work-packages, waves, coordinator, or the path of a YAML file',
  ],
  ['playbook: ‸../mine.yaml', 'playbook "../mine.yaml" leaves the project with ".."'],
  ['playbook: ‸./mine.yaml', 'there is no file "mine.yaml"; expected a playbook there'],
  [
    '‸# nothing\n',
    'playbook is missing; expected the name of a built-in playbook, such as "playbook: task-table", or the path of a YAML file',
  ],
  [
    '‸limit: 1',
    'playbook is missing; expected the name of a built-in playbook, such as "playbook: task-table", or the path of a YAML file',
  ],
  ['‸- a\n- b', 'the file is a list; expected a map of keys'],
  ['playbook: task-table\nlimit: ‸0', 'limit is 0; expected a whole number from 1 to 1000'],
  ['playbook: task-table\nlimit: ‸-2', 'limit is -2; expected a whole number from 1 to 1000'],
  ['playbook: task-table\nlimit: ‸1.5', 'limit is 1.5; expected a whole number from 1 to 1000'],
  ['playbook: task-table\nlimit: ‸"3"', 'limit is "3"; expected a whole number from 1 to 1000'],
  ['playbook: task-table\nlimit:‸', 'limit is empty; expected a whole number from 1 to 1000'],
  ['playbook: task-table\nlimit: 1\n‸limit: 2', 'this key was given before; expected each key once'],
  [
    'playbook: task-table\n‸limit: 1\nadmission: {limit: 2}',
    '"limit" says the same as "admission.limit"; expected one of them',
  ],
  ['playbook: task-table\nagents:\n‸\tdefault: {}', 'a tab is used as indentation; expected spaces'],
  [
    'playbook: task-table\ngates: [‸',
    'not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]; expected "key: value" lines, and quotes around text with {, [, ": " or " #" in it',
  ],
  ['playbook: task-table\nvars: &a ‸{x: y}', 'anchors and aliases are not read here; expected the value itself'],
  ['playbook: task-table\nvars: ‸*a', 'anchors and aliases are not read here; expected the value itself'],
  ['playbook: task-table\nvars: {x: ‸!mine y}', 'a tag is not read here; expected the value itself'],
  ['playbook: task-table\ngates:\n  - {name: ‸"", run: x}', 'gates[0].name "" is empty'],
  ['playbook: task-table\ngates:\n  - ‸{name: test}', 'gates[0].run is missing; expected text'],
  [
    'playbook: task-table\ngates:\n  - {name: test, run: x}\n  - {name: ‸test, run: y}',
    'gate "test" is there twice; expected different names',
  ],
  [
    'playbook: task-table\ngates:\n  - {name: test, run: x, timeout: ‸10}',
    'gates[0].timeout is 10; expected a duration from 1ms to 24d, such as 15s, 10m or 2h',
  ],
  [
    'playbook: task-table\ngates:\n  - {name: test, run: x, timeout: ‸10 minutes}',
    'gates[0].timeout is "10 minutes"; expected a duration from 1ms to 24d, such as 15s, 10m or 2h',
  ],
  [
    'playbook: task-table\ngates:\n  - {name: test, run: x, timeout: ‸90d}',
    'gates[0].timeout is "90d"; expected a duration from 1ms to 24d, such as 15s, 10m or 2h',
  ],
  [
    'playbook: task-table\ngates:\n  - {name: test, run: x, ‸timout: 10m}',
    'unknown key "timout" in gates[0]; did you mean "timeout"?',
  ],
  [
    'playbook: task-table\ngates:\n  - {name: test, run: x, cwd: ‸/tmp}',
    'gates[0].cwd "/tmp" is absolute; a path inside the project was expected',
  ],
  ['playbook: task-table\ngates:\n  - {name: test, run: ‸[npm, test]}', 'gates[0].run is a list; expected text'],
  ['playbook: task-table\ngates: ‸{name: test, run: x}', 'gates is a map; expected a list'],
  ['playbook: task-table\ngit: {base: ‸-f}', 'git.base "-f" starts with "-", which git would read as an option'],
  ['playbook: task-table\ngit: {base: ‸"my branch"}', 'git.base "my branch" has a space'],
  ['playbook: task-table\ngit: {base: ‸a..b}', 'git.base "a..b" has ".."'],
  ['playbook: task-table\ngit: {base: ‸"a\\u0007b"}', 'git.base "a\\u0007b" has the character U+0007'],
  [
    'playbook: task-table\ngit: {base: ‸"main;rm"}',
    'git.base "main;rm" has ";", which git or a shell would take for something else',
  ],
  ['playbook: task-table\ngit: {base: ‸""}', 'git.base "" is empty'],
  [
    'playbook: task-table\ngit: {remote: ‸"--upload-pack=x"}',
    'git.remote "--upload-pack=x" starts with "-", which git would read as an option',
  ],
  [
    'playbook: task-table\ngit: {remote: ‸"https://example.test/x.git"}',
    'git.remote "https://example.test/x.git" is not the name of a remote, such as "origin"',
  ],
  [
    'playbook: task-table\ngit: {remote: null, push: ‸true}',
    'there is no remote to push to; expected "remote: origin" or "push: false"',
  ],
  ['playbook: task-table\ngit: {push: ‸yes}', 'git.push is "yes"; expected true or false'],
  ['playbook: task-table\nledger: {file: ‸../tasks.md}', 'ledger.file "../tasks.md" leaves the project with ".."'],
  [
    'playbook: task-table\nledger: {file: ‸/etc/passwd}',
    'ledger.file "/etc/passwd" is absolute; a path inside the project was expected',
  ],
  ['playbook: task-table\nledger: {file: ‸.git/config}', 'ledger.file ".git/config" is inside ".git"'],
  [
    'playbook: task-table\nledger: {file: ‸"a\\\\b.md"}',
    'ledger.file "a\\\\b.md" has "\\"; parts are separated by "/"',
  ],
  ['playbook: task-table\nledger: {‸todo: TODO.md}', 'unknown ledger file "todo"; expected one of file'],
  [
    'playbook: task-table\nledger: {format: ‸tabel}',
    'ledger.format is "tabel"; expected one of table, checkboxes, files, queue, issues; did you mean "table"?',
  ],
  [
    'playbook: task-table\nledger: ‸{format: queue, handoff: H.md, index: I.md}',
    'ledger.results is missing; expected the path of a file',
  ],
  [
    'playbook: task-table\nledger: {status: {done: ‸failed}}',
    '"failed" is already the word for "failed"; expected different words',
  ],
  [
    'playbook: task-table\nledger: {status: {‸finished: x}}',
    'unknown key "finished" in ledger.status; expected one of not-started, in-progress, open, active, done, failed, cancelled',
  ],
  [
    'playbook: task-table\nledger: {status: {not-started: a, ‸open: b}}',
    '"ledger.status.open" says the same as "ledger.words.open"; expected one of them',
  ],
  [
    'playbook: task-table\nledger: {columns: {‸dependson: Needs}}',
    'unknown column "dependson"; did you mean "depends_on"?',
  ],
  ['playbook: task-table\nledger: {columns: {id: ‸3}}', 'ledger.columns.id is 3; expected text'],
  [
    'playbook: task-table\nrepos: {web: {path: ‸/srv/web}}',
    'repos.web.path "/srv/web" is absolute; a path inside the project was expected',
  ],
  ['playbook: task-table\nrepos: {web: {path: ‸a/../../b}}', 'repos.web.path "a/../../b" has ".." after a name'],
  [
    'playbook: task-table\nrepos: {‸"a b": .}',
    'the name "a b" in repos has a space; only letters, digits and "._+-" are allowed',
  ],
  [
    'playbook: task-table\nrepos: {web: {path: ../web, gates: [‸tset]}}\ngates: [{name: test, run: x}]',
    'unknown gate "tset"; did you mean "test"?',
  ],
  ['playbook: task-table\nrepos: {web: ‸3}', 'repos.web is 3; expected the path of a folder, or a map of keys'],
  [
    'playbook: task-table\nagents: {default: {kind: ‸comand, command: [x]}}',
    'agents.default.kind is "comand"; expected one of command, script, claude, codex, acp, external; did you mean "command"?',
  ],
  [
    'playbook: task-table\nagents: {default: ‸{kind: command}}',
    'agents.default.command is missing; expected a program and its arguments, such as [node, agent.mjs]',
  ],
  [
    'playbook: task-table\nagents: {default: {kind: command, command: ‸node agent.mjs}}',
    'agents.default.command is "node agent.mjs"; expected a list',
  ],
  [
    'playbook: task-table\nagents: {default: {kind: command, command: [x], ‸bin: y}}',
    '"bin" is not for agents of the kind command; expected "command"',
  ],
  [
    'playbook: task-table\nagents: {default: {kind: command, command: [x], env: {PORT: ‸8080}}}',
    'agents.default.env.PORT is 8080; expected text, in quotes if it looks like a number',
  ],
  [
    'playbook: task-table\nagents: {default: {kind: command, command: [x], env: {‸COX_TASK_ID: y}}}',
    'the name "COX_TASK_ID" in agents.default.env is not the name of an environment variable that does not start with COX_',
  ],
  [
    'playbook: task-table\nagents: {strong: ‸{model: opus}}',
    'agents.strong.kind is missing; expected one of command, script, claude, codex, acp, external',
  ],
  ['playbook: task-table\nretry: {attempts: ‸0}', 'retry.attempts is 0; expected a whole number from 1 to 1000000'],
  [
    'playbook: task-table\nretry: {ladder: {default: [fresh, ‸falil]}}',
    'retry.ladder.default[1] is "falil"; expected one of same-session, fresh, think:N, model:X, agent:X, back:STAGE, park, handoff, escalate, fail, stop; did you mean "fail"?',
  ],
  ['playbook: task-table\nretry: {ladder: {default: [‸"back:wrok"]}}', 'unknown stage "wrok"; did you mean "work"?'],
  [
    'playbook: task-table\nretry: {ladder: {default: [‸"agent:strong", fail]}}',
    'unknown agent "strong"; expected one of default',
  ],
  [
    'playbook: task-table\nretry: {ladder: {‸gates: [fail]}}',
    'unknown key "gates" in retry.ladder; did you mean "gate"?',
  ],
  [
    'playbook: task-table\nretry: {ladder: {gate: ‸[]}}',
    'retry.ladder.gate is a list; expected a list with at least one entry',
  ],
  ['playbook: task-table\nstages: {‸wrok: {model: opus}}', 'unknown stage "wrok"; did you mean "work"?'],
  ['playbook: task-table\nstages: {work: {agent: ‸strong}}', 'unknown agent "strong"; expected one of default'],
  ['playbook: task-table\nstages: {work: {prompt: ‸wroker}}', 'unknown prompt "wroker"; did you mean "worker"?'],
  [
    'playbook: task-table\nstages: {work: {prompt: ‸prompts/gone.md}}',
    'prompt "prompts/gone.md" cannot be used: there is no file "prompts/gone.md"; expected a template there',
  ],
  [
    'playbook: task-table\nstages: {‸gates: {model: opus}}',
    'stage "gates" starts no agent, so there is nothing to change here; expected a stage with "do: agent"',
  ],
  [
    'playbook: task-table\nstages: {work: {‸limit: 3}}',
    'unknown key "limit" in stages.work; expected one of agent, model, timeout, prompt',
  ],
  [
    'playbook: task-table\nprompts: {worker: ‸../worker.md}',
    'prompts.worker "../worker.md" leaves the project with ".."',
  ],
  [
    'playbook: task-table\nprompts: {worker: {text: ‸"Do {desciption}"}}',
    'prompts.worker: unknown placeholder {desciption}; did you mean "description"?',
  ],
  [
    'playbook: task-table\nprompts: {worker: {text: ‸"Do {vars.nmae}"}}\nvars: {name: x}',
    'prompts.worker: {vars.nmae} is not in "vars"; did you mean "name"?',
  ],
  [
    'playbook: pipeline\nworkspace: {kind: ‸shared}',
    '"workspace: {kind: shared}" allows one agent at a time, and the limit is 6; expected "limit: 1" or "kind: worktree"',
  ],
  [
    'playbook: task-table\nworkspace: {branch: ‸main}',
    'the branch of every task would be "main", the base; expected a branch of its own, such as "{id}"',
  ],
  ['playbook: task-table\nworkspace: {branch: ‸"x/{idd}"}', 'unknown placeholder {idd}; did you mean "id"?'],
  [
    'playbook: task-table\nworkspace: {branch: ‸"work"}',
    '"work" is the same branch for every task; expected {id} or {branch} in it',
  ],
  [
    'playbook: task-table\nworkspace: {path: ‸"../trees/{id}"}',
    'workspace.path "../trees/{id}" leaves the project with ".."',
  ],
  ['playbook: task-table\nworkspace: {path: ‸trees}', '"trees" is the same folder for every task; expected {id} in it'],
  [
    'playbook: task-table\nadmission: {‸waveSize: 3}',
    '"waveSize" is only for waves, and "unit" is task; expected "unit: wave"',
  ],
  [
    'playbook: task-table\nadmission: {order: [priority, ‸prioritty]}',
    'admission.order[1] is "prioritty"; expected one of priority, critical-path, document, nearest-done, blockers, current-parent, id; did you mean "priority"?',
  ],
  [
    'playbook: task-table\nadmission: {caps: {‸implement: 3}}',
    'unknown stage "implement"; expected one of work, gates, land',
  ],
  [
    'playbook: task-table\nadmission: {phases: {by: ‸pattern}}',
    '"by: pattern" needs "patterns"; expected a list of ids such as "MS-SEC-*"',
  ],
  ['playbook: task-table\nadmission: {exclusive: [‸"{rpeo}"]}', 'unknown placeholder {rpeo}; did you mean "repo"?'],
  [
    'playbook: pipeline\n‸phase: {file: CLAUDE.md, heading: Scope}',
    'the active phase is named, and this playbook has no phases; expected "admission: {phases: {by: heading}}"',
  ],
  ['playbook: pipeline\nmerge: {mode: ‸batch}', 'merge.mode is "batch"; expected "serial"'],
  [
    'playbook: task-table\n‸merge: {mode: serial}',
    '"merge" is set, and no stage of this playbook merges; expected a stage with "how: merge"',
  ],
  ['playbook: pipeline\nmerge: {gates: [‸full]}', 'unknown gate "full"; there is none'],
  [
    'playbook: work-packages\ncheckpoint: ‸after-batch:0',
    'checkpoint is "after-batch:0"; expected after-each, after-batch:N or at-end',
  ],
  [
    'playbook: work-packages\ncheckpoint: ‸{mode: at-end}',
    'checkpoint is a map; expected after-each, after-batch:N or at-end',
  ],
  ['playbook: task-table\nowned: [‸/etc]', 'owned[0] "/etc" is absolute; a path inside the project was expected'],
  ['playbook: work-packages\noutputs: ‸../x.md', 'outputs "../x.md" leaves the project with ".."'],
  ['playbook: task-table\npreflight: [‸{name: db}]', 'preflight[0].run is missing; expected text'],
  [
    'playbook: task-table\npreflight: [{name: db, run: x}, {name: ‸db, run: y}]',
    'step "db" is there twice; expected different names',
  ],
  [
    'playbook: task-table\nsteps: {afterGroup: [‸consolidat]}',
    'steps.afterGroup[0] is "consolidat"; expected one of consolidate, checkpoint, hard-stop, assess-context, handoff; did you mean "consolidate"?',
  ],
  [
    'playbook: task-table\nlimits: {prompt: ‸40X}',
    'limits.prompt is "40X"; expected a size such as 40K, 2MB or a number of bytes',
  ],
  ['playbook: task-table\nlimits: {budgetUsd: ‸0}', 'limits.budgetUsd is 0; expected an amount in USD above 0'],
  ['playbook: task-table\nsession: {minFree: ‸35}', 'session.minFree is 35; expected a percentage such as 35%'],
  [
    'playbook: task-table\nescalation: {choices: [‸retyr]}',
    'escalation.choices[0] is "retyr"; expected one of retry, skip, manual, rescope, deprioritise, abandon; did you mean "retry"?',
  ],
  ['playbook: task-table\nissue: {run: ‸gh issue view}', 'issue.run is "gh issue view"; expected a list'],
  ['playbook: task-table\nissue: {run: [gh, ‸"{isue}"]}', 'unknown placeholder {isue}; did you mean "issue"?'],
  ['playbook: task-table\nnotify: ‸say', 'notify is "say"; expected a map of keys'],
  ['playbook: task-table\nvars: {n: ‸1}', 'vars.n is 1; expected text, in quotes if it looks like a number'],
  ['playbook: task-table\ndeps: ‸mrege', 'deps is "mrege"; expected one of merge, ignore; did you mean "merge"?'],
  [
    'playbook: task-table\nways:\n  - stages: [{name: a, do: ‸agnet}]',
    'ways[0].stages[0].do is "agnet"; expected one of agent, gate, land; did you mean "agent"?',
  ],
  [
    'playbook: task-table\nways:\n  - stages:\n      - ‸{name: a, do: agent}',
    'ways[0].stages[0].prompt is missing; expected text',
  ],
  [
    'playbook: task-table\nways:\n  - stages:\n      - {name: a, do: agent, prompt: worker}\n      - {name: ‸a, do: gate}',
    'stage "a" is there twice; expected different names',
  ],
  [
    'playbook: task-table\nways:\n  - stages:\n      - {name: a, do: agent, prompt: worker}\n      - {name: b, do: gate, gates: [‸nope]}',
    'unknown gate "nope"; there is none',
  ],
  [
    'playbook: task-table\nways:\n  - stages:\n      - {name: a, do: agent, prompt: worker}\n      - {name: b, do: gate, on: {red: ‸work}}',
    'unknown stage "work"; expected one of a, b',
  ],
  [
    'playbook: task-table\nways:\n  - stages:\n      - {name: a, do: agent, prompt: worker}\n      - {name: b, do: gate, on: {‸conflict: a}}',
    'unknown outcome "conflict"; expected one of red, exhausted',
  ],
  [
    'playbook: task-table\nways:\n  - stages:\n      - {name: a, do: agent, prompt: worker, report: ‸task-reslut}',
    'unknown report "task-reslut"; did you mean "task-result"?',
  ],
  [
    'playbook: task-table\nways:\n  - stages:\n      - {name: a, do: agent, prompt: worker, report: task-result, accept: ‸ready}',
    'unknown true-or-false field of the report "ready"; there is none',
  ],
  [
    'playbook: task-table\nways:\n  - stages:\n      - {name: a, do: agent, prompt: worker, expects: ‸report}',
    'stage "a" expects a report and names none; expected "report: NAME"',
  ],
  [
    'playbook: task-table\nways:\n  - stages:\n      - {name: a, do: agent, prompt: worker, expects: ‸comit}',
    'ways[0].stages[0].expects is "comit"; expected one of commit, output, report, issue; did you mean "commit"?',
  ],
  [
    'playbook: task-table\nways:\n  - stages:\n      - {name: a, do: agent, prompt: worker}\n      - ‸{name: b, do: land, how: collect}',
    'stage "b" collects nothing; expected "paths" with at least one entry',
  ],
  [
    'playbook: task-table\nways:\n  - stages:\n      - {name: a, do: agent, prompt: worker}\n      - {name: b, do: land, how: push, ‸paths: [x]}',
    'stage "b" has paths; expected them only with "how: collect"',
  ],
  [
    'playbook: task-table\nways:\n  - ‸match: {kind: x}\n    stages: [{name: a, do: agent, prompt: worker}]',
    'ways[0] is the last way and has a match; expected a last way that takes every other task',
  ],
  ['playbook: task-table\nways: ‸[]', 'ways is a list; expected a list with at least one entry'],
  [
    'playbook: task-table\nreports: {r: {from: json, fields: {s: {type: enum, values: [ok], means: status, map: {ok: success, ‸nope: failed}}}}}',
    'unknown word of this field "nope"; expected one of ok',
  ],
  [
    'playbook: task-table\nreports: {r: {from: json, fields: {s: ‸{type: enum, values: [ok, no], means: status, map: {ok: success}}}}}',
    'reports.r.fields.s.map does not say what "no" means; expected success, failed or blocked',
  ],
  [
    'playbook: task-table\nreports: {r: ‸{from: file, fields: {}}}',
    'reports.r.path is missing; expected the file that the agent writes',
  ],
  [
    'playbook: task-table\nreports: {r: {from: json, fields: {s: ‸{type: enum}}}}',
    'reports.r.fields.s.values is missing; expected the words of this field',
  ],
  [
    'playbook: task-table\nreports: {r: {from: json, fields: {a: {type: string, means: notes}, b: {type: string, means: ‸notes}}}}',
    'another field of this report means "notes"; expected one',
  ],
  ['playbook: task-table\ngit: {base: ‸HEAD}', 'git.base "HEAD" is a name git keeps for itself'],
  ['playbook: task-table\ngit: {base: ‸feature.lock}', 'git.base "feature.lock" has a part that ends with ".lock"'],
  [
    'playbook: task-table\ngit: {base: ‸"x~1"}',
    'git.base "x~1" has "~", which git or a shell would take for something else',
  ],
  [
    'playbook: task-table\ngit: {base: ‸refs/heads/main}',
    'git.base "refs/heads/main" starts with "refs/"; the short name was expected',
  ],
  ['playbook: pipeline\nmerge: {target: ‸-x}', 'merge.target "-x" starts with "-", which git would read as an option'],
  [
    'playbook: task-table\ncheckpoint: ‸sometimes',
    'checkpoint is "sometimes"; expected after-each, after-batch:N or at-end',
  ],
  [
    'playbook: task-table\n‸3: x',
    'unknown key "3"; expected one of playbook, name, ledger, limit, agents, gates, git, repos, retry, vars, deps, issue, pr, notify, checkpoint, stages, preflight, limits, merge, outputs, owned, phase, admission, workspace, ways, steps, escalation, own, session, reports, prompts',
  ],
  ['playbook: task-table\n? ‸[a, b]\n: x', 'this cannot be a key; expected a name'],
  ['playbook: task-table\nvars: {x: ‸"a\\0b"}', 'this text has a NUL character; expected text without it'],
  ['playbook: task-table\n‸__proto__: {limit: 1}', 'this cannot be a key; expected a name'],
  ['playbook: task-table\n‸---\nplaybook: waves', 'a second document starts here; expected one'],
  [
    'playbook: task-table\nledger: {columns: {status: Zustand, notes: ‸zustand}}',
    '"zustand" is already the column for "status"; expected different columns',
  ],
  [
    '‸ledger: {format: table, file: docs/tasks.md}\n',
    'playbook is missing; expected the name of a built-in playbook, such as "playbook: task-table", or the path of a YAML file',
  ],
  ['‸ways: [{stages: [{name: a, do: gate}]}]', 'ledger is missing; expected a map of keys'],
  ['playbook: task-table\nledger: {status: ‸done}', 'ledger.status is "done"; expected a map of keys'],
  ['playbook: pipeline\nledger: {review: ‸TODO.md}', '"TODO.md" is also ledger.todo; expected different files'],
  [
    'playbook: pipeline\nledger: {places: {implement: ‸doing}}',
    'unknown file of the ledger "doing"; expected one of todo, inProgress, review, testing, changelog',
  ],
  ['playbook: work-packages\nown: {worker: [‸"{outptu}"]}', 'unknown placeholder {outptu}; did you mean "output"?'],
  [
    'playbook: task-table\nown: {worker: [‸"{output}"]}',
    '{output} is used, and "outputs" names no file; expected e.g. "outputs: outputs/{id}.md"',
  ],
  [
    'playbook: task-table\nways:\n  - stages:\n      - {name: a, do: agent, prompt: worker}\n      - {name: b, do: land, how: push, ‸gates: [t]}\ngates: [{name: t, run: x}]',
    'stage "b" has gates; expected them only with "how: merge", or in a stage with "do: gate"',
  ],
  [
    'playbook: task-table\nways:\n  - {match: {kind: x}, container: true, ‸stages: [{name: a, do: agent, prompt: worker}]}\n  - stages: [{name: a, do: agent, prompt: worker}]',
    'ways[0] is a container and has stages; expected one or the other',
  ],
  [
    'playbook: task-table\nways:\n  - ‸stages: [{name: a, do: agent, prompt: worker}]\n  - stages: [{name: a, do: agent, prompt: worker}]',
    'ways[0].match is missing; expected only the last way to take every task',
  ],
  ['playbook: task-table\nways:\n  - ‸name: a', 'ways[0] has no stages; expected at least one, or "container: true"'],
  [
    'playbook: task-table\nways:\n  - {name: a, match: {kind: x}, container: true}\n  - {name: ‸a, stages: [{name: a, do: agent, prompt: worker}]}',
    'way "a" is there twice; expected different names',
  ],
  [
    'playbook: task-table\nworkspace: {kind: none}\nways:\n  - stages: [{name: a, do: agent, prompt: worker, expects: ‸commit}]',
    'stage "a" expects a commit and has no workspace; expected "workspace: {kind: worktree}"',
  ],
  [
    'playbook: task-table\nways:\n  - stages: [{name: a, do: agent, prompt: worker, expects: ‸[commit, output]}]',
    'stage "a" expects output and no stage collects it; expected a stage with "how: collect" and "paths"',
  ],
  [
    'playbook: task-table\nways:\n  - stages:\n      - {name: a, do: agent, prompt: worker}\n      - {name: b, do: land, how: collect, paths: [‸"{otput}"]}',
    'unknown placeholder {otput}; did you mean "output"?',
  ],
  [
    'playbook: task-table\nadmission: {phases: {by: ‸column}}',
    '"by: column" needs "column"; expected the name of a column',
  ],
  [
    'playbook: task-table\nadmission: {phases: {by: heading, ‸column: x}}',
    '"column" is only for "by: column", and "by" is heading',
  ],
  [
    'playbook: task-table\nadmission: {phases: {by: heading, ‸patterns: [x]}}',
    '"patterns" are only for "by: pattern", and "by" is heading',
  ],
  ['playbook: task-table\nadmission: {order: [id, ‸id]}', 'order "id" is there twice; expected different names'],
  [
    'playbook: task-table\nagents: {default: {kind: codex, ‸command: [x]}}',
    '"command" is not for agents of the kind codex; expected "bin", or another kind',
  ],
  ['playbook: task-table\nreports: {r: {from: json, ‸path: x, fields: {}}}', '"path" is only for "from: file"'],
  [
    'playbook: task-table\nreports: {r: {from: file, path: ‸"{nope}", fields: {}}}',
    'unknown placeholder {nope}; expected one of {id}, {task}',
  ],
  [
    'playbook: task-table\nreports: {r: {from: json, fields: {s: {type: ‸string, means: status}}}}',
    'the field that means the status has words; expected "type: enum"',
  ],
  [
    'playbook: task-table\nreports: {r: {from: json, fields: {s: {type: string, ‸values: [x]}}}}',
    '"values" are only for "type: enum"',
  ],
  [
    'playbook: task-table\nreports: {r: {from: json, fields: {s: {type: enum, values: [x], ‸map: {x: success}}}}}',
    '"map" is only for the field with "means: status"',
  ],
  [
    'playbook: task-table\npr: {run: [x, ‸"{urll}"]}',
    'unknown placeholder {urll}; expected one of {id}, {task}, {title}, {branch}, {commit}, {base}',
  ],
  ['playbook: ‸gone.yaml', 'there is no file "gone.yaml"; expected a playbook there'],
  [
    'playbook: task-table\nways:\n  - stages:\n      - {name: a, do: agent, prompt: worker}\n      - {name: b, do: land, how: collect, paths: ‸["{output}"]}',
    '{output} is used, and "outputs" names no file; expected e.g. "outputs: outputs/{id}.md"',
  ],
];

describe('every mistake is told with its place and what was expected (I1, I5)', () => {
  test.each(MISTAKES)('%j', async (marked, sentence) => {
    const before = marked.slice(0, marked.indexOf('‸')).split('\n');
    const place = `${before.length}:${[...(before.at(-1) ?? '')].length + 1}`;
    expect(mistakes(await loadText(marked.replace('‸', '')))).toEqual([`${place}: ${sentence}`]);
  });

  test('all of them in one go, in the order of the file', async () => {
    const yaml = [
      'playbook: task-table',
      'limit: 0',
      'gates:',
      '  - {name: test, run: npm test, timout: 10m}',
      '  - {name: test, run: x}',
      'stages: {work: {agent: strong, model: 3}}',
      'git: {base: -f}',
      'repos: {api: /srv}',
      'limt: 1',
    ].join('\n');
    expect(mistakes(await loadText(yaml))).toEqual([
      '2:8: limit is 0; expected a whole number from 1 to 1000',
      '4:33: unknown key "timout" in gates[0]; did you mean "timeout"?',
      '5:12: gate "test" is there twice; expected different names',
      '6:24: unknown agent "strong"; expected one of default',
      '6:39: stages.work.model is 3; expected text',
      '7:13: git.base "-f" starts with "-", which git would read as an option',
      '8:14: repos.api "/srv" is absolute; a path inside the project was expected',
      '9:1: unknown key "limt"; did you mean "limit"?',
    ]);
  });

  test('what follows from a mistake is no second one', async () => {
    const yaml =
      'playbook: task-table\nagents: {strong: {kind: clade}}\nstages: {work: {agent: strong}}\nmerge: {mode: batch}';
    expect(mistakes(await loadText(yaml))).toEqual([
      '2:25: agents.strong.kind is "clade"; expected one of command, script, claude, codex, acp, external; did you mean "claude"?',
      '4:1: "merge" is set, and no stage of this playbook merges; expected a stage with "how: merge"',
      '4:15: merge.mode is "batch"; expected "serial"',
    ]);
  });
});

describe('files that cannot be read at all', () => {
  test('there is none', async () => {
    expect(mistakes(await loadFiles({}))).toEqual([
      '1:1: there is no file "coxswain.yaml"; expected the configuration there ("cox init" writes one)',
    ]);
  });

  test('invalid UTF-8, at its byte', async () => {
    const bytes = Buffer.concat([Buffer.from('playbook: task-table\nvars: {x: ä'), Buffer.from([0xff, 0x7d])]);
    expect(mistakes(await loadText(bytes))).toEqual([
      '2:12: the byte 0xFF is not valid UTF-8; expected the file to be saved as UTF-8',
    ]);
  });

  test('a character that is cut off at the end', async () => {
    const bytes = Buffer.concat([Buffer.from('playbook: x'), Buffer.from([0xc3])]);
    expect(mistakes(await loadText(bytes))).toEqual([
      '1:12: the byte 0xC3 is not valid UTF-8; expected the file to be saved as UTF-8',
    ]);
  });

  test('too large, too deep, and a bomb of aliases', async () => {
    expect(mistakes(await loadText('#'.repeat(1_000_001)))[0]).toContain('the file has 1000001 bytes');
    expect(mistakes(await loadText(`vars: ${'['.repeat(100_000)}`))[0]).toContain(
      'more than 64 brackets are open here',
    );
    expect(mistakes(await loadText(`${'- '.repeat(100_000)}x`)).length).toBeGreaterThan(0);
    const bomb = 'playbook: task-table\nvars:\n  a: &a [x, x]\n  b: &b [*a, *a]\n  c: [*b, *b]\n';
    const sentence = 'anchors and aliases are not read here; expected the value itself';
    expect(mistakes(await loadText(bomb))).toEqual([
      `3:9: ${sentence}`,
      `4:9: ${sentence}`,
      '5:6: vars.c is a list; expected text, in quotes if it looks like a number',
      `5:7: ${sentence}`,
      `5:11: ${sentence}`,
    ]);
  });

  test('columns count characters, also after a byte order mark, in CRLF files and beside emoji', async () => {
    expect(mistakes(await loadText('\ufeffplaybook: task-tabel'))).toEqual([
      '1:11: unknown playbook "task-tabel"; did you mean "task-table"?',
    ]);
    expect(mistakes(await loadText('playbook: task-table\r\nvars: {a: 😀, b: 1}\r\n'))[0]).toMatch(
      /^2:17: vars\.b is 1/,
    );
  });
});

describe('on the disk', () => {
  test('a project without configuration, and one whose configuration is a folder', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'cox-load-'));
    expect(mistakes(await loadProjectConfig({ projectRoot: folder.path }))[0]).toMatch(/^1:1: there is no file/);
    await mkdir(join(folder.path, 'coxswain.yaml'));
    expect(mistakes(await loadProjectConfig({ projectRoot: folder.path }))[0]).toMatch(
      /^1:1: .* cannot be read: EISDIR/,
    );
  });

  test('a project', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'cox-load-'));
    await writeFile(join(folder.path, 'coxswain.yaml'), 'playbook: task-table');
    expect(await loadProjectConfig({ projectRoot: folder.path })).toMatchObject({ ok: true, files: ['coxswain.yaml'] });
  });
});

describe('mistakes in other files of the project', () => {
  const own = { 'coxswain.yaml': 'playbook: crews/night.yaml' };

  test('in an own playbook', async () => {
    const files = { ...own, 'crews/night.yaml': 'playbook: waves\nadmission: {waveSize: 0}' };
    expect(mistakes(await loadFiles(files))).toEqual([
      'crews/night.yaml:2:23: admission.waveSize is 0; expected a whole number from 1 to 1000',
    ]);
  });

  test('in a template, at its place there (T4)', async () => {
    const files = { ...own, 'crews/night.yaml': 'playbook: task-table\nprompts: {worker: worker.md}' };
    const template = `Task {id}\n\nDo {desciption} in ${'$'}{HOME}, {"a": 1}.\n`;
    expect(mistakes(await loadFiles({ ...files, 'crews/worker.md': template }))).toEqual([
      'crews/worker.md:3:4: unknown placeholder {desciption}; did you mean "description"?',
    ]);
    expect(mistakes(await loadFiles({ ...files, 'crews/worker.md': new Uint8Array([0xff]) }))[0]).toContain(
      'not valid UTF-8',
    );
    expect(mistakes(await loadFiles(files))).toEqual([
      'crews/night.yaml:2:19: prompt "worker.md" cannot be used: there is no file "crews/worker.md"; expected a template there',
    ]);
  });

  test('a playbook that is built upon itself', async () => {
    const files = { ...own, 'crews/night.yaml': 'playbook: ./day.yaml', 'crews/day.yaml': 'playbook: ./night.yaml' };
    expect(mistakes(await loadFiles(files))).toEqual([
      'crews/day.yaml:1:11: "./night.yaml" is built upon itself; expected a built-in playbook at the bottom, or one that is complete',
    ]);
  });
});
