"""`gym`: the spaces of known environments, in which nothing happens: they say how large inputs and outputs are."""

from __future__ import absolute_import, division, print_function

import numpy as np

from ..unserved import missing_module
from .stub import Stub

_SCREEN = (210, 160, 3)
_ENVIRONMENTS = {  # name: shape of what is observed, number of actions or shape of an action
    "CartPole": ((4,), 2),
    "MountainCar": ((2,), 3),
    "Acrobot": ((6,), 3),
    "LunarLander": ((8,), 4),
    "FrozenLake": ((), 4),
    "Pendulum": ((3,), (1,)),
    "MountainCarContinuous": ((2,), (1,)),
    "BipedalWalker": ((24,), (4,)),
    "Breakout": (_SCREEN, 4),
    "BreakoutDeterministic": (_SCREEN, 4),
    "Pong": (_SCREEN, 6),
    "SpaceInvaders": (_SCREEN, 6),
    "MsPacman": (_SCREEN, 9),
}
_EPISODE = 20


def contents():
    """The names of `gym` that have a stand-in of their own."""
    return {"make": Environment}


class Environment(object):
    """An environment in which every observation is zero and an episode is short."""

    reward_range = (-1.0, 1.0)
    metadata = {}

    def __init__(self, name, *args, **kwargs):
        known = name.split("-")[0]
        if known not in _ENVIRONMENTS:
            raise missing_module("gym")
        observed, actions = _ENVIRONMENTS[known]
        self.observation_space = Space(observed)
        self.action_space = Space(actions if isinstance(actions, tuple) else (), actions)
        self.unwrapped, self.spec, self._step = self, Stub("gym.spec"), 0

    def reset(self, *args, **kwargs):
        """The first observation."""
        self._step = 0
        return np.zeros(self.observation_space.shape, self.observation_space.dtype)

    def step(self, action):
        """Observation, reward, whether it is the last, and nothing more."""
        self._step += 1
        return np.zeros(self.observation_space.shape, self.observation_space.dtype), 0.0, self._step >= _EPISODE, {}

    def seed(self, seed=None):
        """There is no chance in it."""
        return [seed]

    def _nothing(self, *args, **kwargs):
        return None

    render = close = configure = _nothing


class Space(object):
    """A space of observations or of actions."""

    def __init__(self, shape, actions=None):
        self.shape = shape
        self.dtype = np.dtype("uint8" if shape == _SCREEN else "float32")
        self.low, self.high = np.full(shape, -1.0, "float32"), np.full(shape, 1.0, "float32")
        if isinstance(actions, int):
            self.n = actions

    def sample(self):
        """The first of its elements."""
        return 0 if hasattr(self, "n") else np.zeros(self.shape, self.dtype)

    def contains(self, element):
        """Whatever it is."""
        return True
