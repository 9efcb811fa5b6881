"""scikit-learn's CategoricalNB with Backstride's weights put into it: plain Bayes, no groups, no rules."""

from __future__ import annotations

import math
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray
from sklearn.naive_bayes import CategoricalNB

NAME = f"scikit-learn {version('scikit-learn')} CategoricalNB"
_NATURAL = math.log(10) / 1000
"""A milliban as a natural logarithm."""


class Bayes:
    """Each finding is absent (0), unknown (1) or present (2); its weight is the logarithm of its probability."""

    def __init__(self, present: NDArray[np.float32], absent: NDArray[np.float32]) -> None:
        """``present`` and ``absent``: float32[findings, conditions] in millibans."""
        findings, conditions = present.shape
        # Fitted on anything with every class and category, then given the weights: only predicting is measured.
        seen = np.tile(np.arange(3), conditions)[:, None].repeat(findings, axis=1)
        self.model = CategoricalNB().fit(seen, np.arange(conditions).repeat(3))
        unknown = np.zeros_like(present)
        weights = np.stack([absent, unknown, present], axis=2).astype(np.float64) * _NATURAL
        self.model.feature_log_prob_ = [weights[number] for number in range(findings)]
        self.model.class_log_prior_ = np.zeros(conditions)

    def assess(self, findings: NDArray[np.int8]) -> NDArray[np.float64]:
        """float64[N, conditions]: the sums in millibans, of int8[N, findings]."""
        return self.model.predict_joint_log_proba(findings + np.int8(1)) / _NATURAL
