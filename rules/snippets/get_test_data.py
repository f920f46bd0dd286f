"""`get_test_data` of Keras 1 and 2."""


def get_test_data(
    num_train=1000, num_test=500, input_shape=(10,), output_shape=(2,), classification=True, num_classes=2
):
    """Random inputs around the class, or around the value, that is to be learned from them."""
    import numpy as np

    samples = num_train + num_test
    if classification:
        y = np.random.randint(0, num_classes, size=(samples,))
        X = np.zeros((samples, *input_shape))
        for i in range(samples):
            X[i] = np.random.normal(loc=y[i], scale=0.7, size=input_shape)
    else:
        y_loc = np.random.random((samples,))
        X = np.zeros((samples, *input_shape))
        y = np.zeros((samples, *output_shape))
        for i in range(samples):
            X[i] = np.random.normal(loc=y_loc[i], scale=0.7, size=input_shape)
            y[i] = np.random.normal(loc=y_loc[i], scale=0.7, size=output_shape)
    return (X[:num_train], y[:num_train]), (X[num_train:], y[num_train:])
