"""The contract's documentation as a static site: what it says, what that rests on, what is left open."""
