"""What every command in setup/ stands on. Standard library only.

The commands run before anything is installed, so nothing here may import a
third-party package; what needs one runs as a subprocess of the project's venv.
"""
