__version__ = "1.24.0"
