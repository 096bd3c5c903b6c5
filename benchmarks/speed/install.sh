#!/usr/bin/env bash
# Installs what the mock is compared with into build/peers, which Git ignores: from npm and PyPI, some 250 MB.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p build/peers
python3 -m venv build/peers/venv
build/peers/venv/bin/pip install --quiet 'flask>=3.1,<4' 'granian>=2,<3'
npm install --no-audit --no-fund --silent --prefix build/peers '@stoplight/prism-cli@5' '@mockoon/cli@9'
