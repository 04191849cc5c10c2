/** A task table of `rows` rows with the seed's columns; each depends on the row before the one before it. */
export function taskTable(rows: number, branch = (index: number): string => `task/${index}`): string {
  const head = [
    '# Tasks',
    '',
    '| id | status | description | issue | repo | branch | depends_on | blocks | agent | started_at | completed_at | estimate | used |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|---|',
  ];
  const body = Array.from({ length: rows }, (_, index) => {
    const dependsOn = index % 3 === 2 ? `T-${index - 2}` : '';
    return `| T-${index} | not-started | Describe what row ${index} is about | #${index} |  | ${branch(index)} | ${dependsOn} |  |  |  |  | 5K |  |`;
  });
  return `${[...head, ...body].join('\n')}\n`;
}
