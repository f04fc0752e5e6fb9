"""The tests; a package, so that another one of that name in an environment does not stand in for it."""
