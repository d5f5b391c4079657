from ..load_tools import load_tools

load_tools()
