"""How fast the mock is: beside its peers, with many deals, and beside other people's long work."""
