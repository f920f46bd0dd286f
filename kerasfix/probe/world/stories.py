"""Made-up archives of known data: the bAbI tasks, which the question answering scripts of Keras parse."""

from __future__ import absolute_import, division, print_function

import io
import tarfile

from .seeding import seeded

_TASKS = (
    "qa1_single-supporting-fact qa2_two-supporting-facts qa3_three-supporting-facts qa4_two-arg-relations "
    "qa5_three-arg-relations qa6_yes-no-questions qa7_counting qa8_lists-sets qa9_simple-negation "
    "qa10_indefinite-knowledge qa11_basic-coreference qa12_conjunction qa13_compound-coreference qa14_time-reasoning "
    "qa15_basic-deduction qa16_basic-induction qa17_positional-reasoning qa18_size-reasoning qa19_path-finding "
    "qa20_agents-motivations"
).split()
_FOLDERS = {"en": 100, "en-10k": 1000}  # stories of two questions; the real ones have ten times as many
_PEOPLE = ["John", "Mary", "Sandra", "Daniel"]
_PLACES = ["bathroom", "hallway", "garden", "office", "bedroom", "kitchen"]
_MOVES = ["moved", "went", "journeyed", "travelled"]


def babi_archive(path):
    """Write a `babi_tasks_1-20_v1-2.tar.gz` with all twenty tasks, to train and to test with."""
    with tarfile.open(path, "w:gz") as archive:
        for folder, count in sorted(_FOLDERS.items()):
            for task in _TASKS:
                for part in ("train", "test"):
                    _add(archive, "tasks_1-20_v1-2/%s/%s_%s.txt" % (folder, task, part), _stories(task + part, count))


def _add(archive, name, text):
    contents = text.encode("ascii")
    member = tarfile.TarInfo(name)
    member.size = len(contents)
    archive.addfile(member, io.BytesIO(contents))


def _stories(name, count):
    generator = seeded(name)
    lines = []
    for _ in range(count):
        where, number = {}, 0
        for _ in range(2):
            for _ in range(2):
                number += 1
                who, place = _pick(generator, _PEOPLE), _pick(generator, _PLACES)
                where[who] = (number, place)
                lines.append("%d %s %s to the %s." % (number, who, _pick(generator, _MOVES), place))
            number += 1
            who = sorted(where)[generator.randint(len(where))]
            lines.append("%d Where is %s? \t%s\t%d" % (number, who, where[who][1], where[who][0]))
    return "\n".join(lines) + "\n"


def _pick(generator, choices):
    return choices[generator.randint(len(choices))]
