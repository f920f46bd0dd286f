"""The `Embedding(dropout=...)` of Keras 1."""

from keras import backend as K
from keras.layers import Embedding


class WordDropoutEmbedding(Embedding):
    """An `Embedding` that drops whole words in training, the same ones in all samples of a batch, as in Keras 1."""

    def __init__(self, *args, dropout=0.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.dropout = dropout

    def call(self, inputs, training=None):
        if not 0.0 < self.dropout < 1.0:
            return super().call(inputs)

        def dropped():
            return self.embeddings * K.dropout(K.ones_like(self.embeddings[:, :1]), self.dropout)

        table = K.in_train_phase(dropped, self.embeddings, training=training)
        return K.gather(table, K.cast(inputs, "int32"))

    def get_config(self):
        return {**super().get_config(), "dropout": self.dropout}
