"""AdaBoost as the papers have it, given the predictions of each round.

``predict(weight)`` is what the weak learner, fitted on rows of these weights, says of all rows.
"""

import numpy as np


def samme(predict, y, weight, *, n_rounds, rate=1.0):
    """Zhu, Zou, Rosset, Hastie (2009): weights and errors of the rounds; y are codes 0 … K - 1."""
    n_classes, weight = len(set(y)), weight / weight.sum()
    alphas, errors = [], []
    for _ in range(n_rounds):
        is_wrong = predict(weight) != y
        error = weight[is_wrong].sum()
        alpha = rate * (np.log((1 - error) / error) + np.log(n_classes - 1))
        weight = weight * np.exp(alpha * is_wrong)
        weight = weight / weight.sum()
        alphas.append(alpha)
        errors.append(error)
    return np.array(alphas), np.array(errors)


def r2(predict, y, weight, loss, *, n_rounds, rate=1.0):
    """Drucker (1997): weights and mean losses of the rounds."""
    weight = weight / weight.sum()
    alphas, errors = [], []
    for _ in range(n_rounds):
        distance = np.abs(predict(weight) - y)
        distance = distance / distance.max()
        losses = {"linear": distance, "square": distance**2, "exponential": 1 - np.exp(-distance)}
        error = (weight * losses[loss]).sum()
        beta = error / (1 - error)
        weight = weight * beta ** (rate * (1 - losses[loss]))
        weight = weight / weight.sum()
        alphas.append(rate * np.log(1 / beta))
        errors.append(error)
    return np.array(alphas), np.array(errors)


def stump(X, y, weight):
    """The split with the least Gini impurity of all, as predictions of the rows."""
    hot = np.eye(len(set(y)))[y] * weight[:, np.newaxis]
    best, predictions = -np.inf, None
    for column in X.T:
        for threshold in np.unique(column)[:-1]:
            is_left = column <= threshold
            left, right = hot[is_left].sum(axis=0), hot[~is_left].sum(axis=0)
            score = (left**2).sum() / left.sum() + (right**2).sum() / right.sum()
            if score > best:
                best, predictions = score, np.where(is_left, left.argmax(), right.argmax())
    return predictions


def weighted_median(values, weight):
    """The first of the ascending values at which the weights so far reach half of all."""
    order = np.argsort(values)
    reached = np.cumsum(weight[order]) >= weight.sum() / 2
    return values[order[reached.argmax()]]
