"""What the command ends with."""

FINDINGS = 1
FAILED = 2  # the run itself: a bad argument, a file that cannot be read or parsed
INTERRUPTED = 130  # as shells have it for SIGINT
PIPE_CLOSED = 141  # for SIGPIPE
TERMINATED = 143  # and for SIGTERM
