"""Pure functions: frames and dataclasses in, frames and dataclasses out."""
