"""Start the program with `python -m wamforms`."""

from wamforms.cli import main

if __name__ == "__main__":
    main()
