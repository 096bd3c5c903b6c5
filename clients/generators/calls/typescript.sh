#!/bin/sh
# typescript.sh NAME: compile a client and its calls strictly, then make the calls.
set -e
tsc --noEmit --strict --target ES2022 --module ESNext --moduleResolution Bundler --lib ES2022,DOM,DOM.Iterable \
  --types node --skipLibCheck "calls/$1.ts"
esbuild "calls/$1.ts" --bundle --platform=node --format=esm --log-level=error --outfile="made/$1.mjs" \
  --banner:js='import { createRequire } from "module"; const require = createRequire(import.meta.url);'
node "made/$1.mjs"
