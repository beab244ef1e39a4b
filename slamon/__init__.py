"""slamon: availability measured on schedule and accounted exactly as agreed."""

__version__ = "0.1.0"
