"""`python -m kerasfix`."""

from kerasfix.cli.main import main

if __name__ == "__main__":
    main()
