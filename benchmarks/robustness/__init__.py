"""Does the mock hold: a fuzzer, many clients at once, and memory over many writes.

Nothing here shares code with the mock or with the contract's reader, so that a mistake of theirs is not
repeated here: the contract is read as plain YAML, and answers are checked with an independent library.
"""
