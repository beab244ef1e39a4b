"""What the commands do; `slamon.cli` only parses words and picks one of these."""
