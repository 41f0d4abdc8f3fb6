"""datatrove's inference runner without checkpoints."""

from datatrove_checkpoints import main

if __name__ == "__main__":
    main(False)
