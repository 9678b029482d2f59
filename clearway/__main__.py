"""`python -m clearway` is the command line."""

from clearway.cli import main

if __name__ == "__main__":
    main()
