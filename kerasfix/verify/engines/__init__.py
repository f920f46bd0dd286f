"""Processes that have one Keras imported and fork a contained child for every piece of work.

    with Engines(Limits(seconds=60)) as engines:
        answer = engines.run("keras==1.2.2", "package.module:function", {"path": "train.py"})

TensorFlow takes seconds to import and is never imported by the process that uses this: each engine (`keras3`,
`tf_keras`, `keras==X` for a legacy version) is a process of its own, started when it is first needed, whose children
cost milliseconds. A child has a scratch folder, a time and a memory limit, and no way out: `audit`, `landlock` and
`seccomp` say how, `supervise` what becomes of it. Old versions of Keras are fetched by `legacy`.
"""

from kerasfix.verify.engines.answers import Answer, Ended, Limits, Unavailable
from kerasfix.verify.engines.engines import Engines

__all__ = ["Answer", "Ended", "Engines", "Limits", "Unavailable"]
