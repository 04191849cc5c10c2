#!/bin/sh
# The loop of seeds/3-task-table.md at its smallest, for one worker at a time: what a person's script would do. It has no
# recovery, no checks and no journal; it is here to measure what those cost. Run in a checkout with docs/tasks.md.
set -eu
agent=$1
gate=$2
set_status() { # id, word
  awk -F'|' -v OFS='|' -v id=" $1 " -v word=" $2 " '$2 == id { $3 = word } { print }' docs/tasks.md >docs/tasks.tmp
  mv docs/tasks.tmp docs/tasks.md
  git add docs/tasks.md
  git commit -q -m "chore(tasks): $1 $2"
  git push -q origin main
}
while :; do
  git pull -q --rebase
  row=$(awk -F'|' '$3 == " not-started " { gsub(/ /, "", $2); gsub(/ /, "", $7); print $2 " " $7; exit }' docs/tasks.md)
  [ -n "$row" ] || break
  id=${row% *}
  branch=${row#* }
  set_status "$id" in-progress
  git worktree add -q -b "$branch" ".worktrees/$id" main
  (cd ".worktrees/$id" && COX_TASK_ID=$id sh "$agent" >"../$id.out")
  sha=$(sed -n 's/.*"commit_sha": *"\([0-9a-f]*\)".*/\1/p' ".worktrees/$id.out")
  [ "$(git rev-parse "$branch")" = "$sha" ]
  (cd ".worktrees/$id" && sh -c "$gate")
  git push -q origin "$branch"
  git worktree remove ".worktrees/$id"
  set_status "$id" 'done'
done
