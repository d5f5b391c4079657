"""What all top-level tests share."""

from hypothesis import settings

# The same examples on every machine and in every run: a failure is there for all to
# see, and a slow machine is not one.
settings.register_profile("collections", deadline=None, derandomize=True)
settings.load_profile("collections")
