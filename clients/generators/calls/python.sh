#!/bin/sh
# python.sh NAME [OPTION …]: check the types of a client by mypy with these options, then make the calls.
set -e
name=$1
shift
cd "made/$name"
mypy "$@"
PYTHONPATH=.:../../calls python "../../calls/$(echo "$name" | tr - _).py"
