#!/bin/sh
# A day with the mock, by curl alone. Start `deals-mock --now 2026-02-09T12:00:00Z` first; MOCK is its address.
set -eu
MOCK=${MOCK:-http://127.0.0.1:4010}
WORLD=$MOCK/worlds/my-test          # a world of your own: nobody else sees what you do
TOKEN=$(curl -s "$MOCK/api/auth/login" -H 'Content-Type: application/json' \
  -d '{"email": "admin@revorbit.example", "password": "password"}' | sed 's/.*"token":"\([^"]*\)".*/\1/')

api() { curl -s -X "$1" "$WORLD/api$2" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' ${3:+-d "$3"} | cut -c1-130; }
control() { whole "$@" | cut -c1-130; }
whole() { curl -s -X "$1" "$WORLD/__admin$2" -H 'Content-Type: application/json' ${3:+-d "$3"}; }
say() { printf '\n# %s\n' "$*"; }

say "Somebody deletes the deal that you need"
api DELETE /deals/10
say "What changed? And back"
control GET /history?limit=1
control POST /undo
say "A snapshot before an experiment, the experiment, and back to it"
control PUT /snapshots/clean
api PUT /deals/10/stage '{"stage_id": 5}'
control POST /snapshots/clean/restore
say "A colleague deletes what I have just read; saving it is refused"
control POST /colleague '{"does": "delete"}'
api GET /deals/11
api PUT /deals/11 '{"name": "Mine", "stage_id": 2}'
say "What was wrong with this request, who says so, and what did I mean?"
api GET '/deals?sort_by=titel'
whole GET /journal?limit=1 | grep -o '"rests_on":"[a-z]*"\|"place":"[^"]*"\|"did_you_mean":"[a-z]*"'
say "Trouble: every third move fails; then a backend with a known defect, and no trouble any more"
control POST /faults '{"operation": "moveDealToStage", "status": 503, "share": 0.33}'
control POST /faults '{"defect": "page-is-ignored"}'
control DELETE /faults
say "Does the page stand the longest names, and null wherever it may be?"
control POST /edge-cases '{"cases": ["long_texts", "nulls"]}'
api GET /deals/10
control POST /undo
say "What will this deal look like in four weeks?"
control POST /clock/advance '{"days": 28}'
say "How does the page look if the server has no time, or says 429?"
curl -s -o /dev/null -w '%{http_code}\n' "$WORLD/api/deals" -H "Authorization: Bearer $TOKEN" -H 'Prefer: code=429'
say "Did saving send exactly one request, and was it accepted?"
control POST /journal/count '{"operation": "moveDealToStage", "status": 200}'
say "All worlds; then this one is not needed any more"
curl -s "$MOCK/__admin/worlds"; echo
curl -s -X DELETE "$MOCK/__admin/worlds/my-test"; echo
