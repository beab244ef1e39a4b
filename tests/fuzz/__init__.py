"""Every parser of ours against bytes that were made to break it: `make fuzz`, and a bounded part in the tests."""
