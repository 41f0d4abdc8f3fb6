"""vimedsynth: evidence-bound training data from Vietnamese PET/CT reports and their scans."""

__version__ = "0.1.0"
__all__ = ["__version__"]
