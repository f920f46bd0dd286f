"""The `Embedding(dropout=...)` of Keras 1."""

from keras import ops, random
from keras.layers import Embedding
from keras.saving import register_keras_serializable


@register_keras_serializable()
class WordDropoutEmbedding(Embedding):
    """An `Embedding` that drops whole words in training, the same ones in all samples of a batch, as in Keras 1."""

    def __init__(self, *args, dropout=0.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.dropout = dropout
        self.seed_generator = random.SeedGenerator()

    def call(self, inputs, training=False):
        if not training or not 0.0 < self.dropout < 1.0:
            return super().call(inputs)
        kept = random.dropout(ops.ones((self.input_dim, 1)), self.dropout, seed=self.seed_generator)
        return ops.take(self.embeddings * kept, ops.cast(inputs, "int32"), axis=0)

    def compute_output_spec(self, inputs, training=False):
        return super().compute_output_spec(inputs)

    def get_config(self):
        return {**super().get_config(), "dropout": self.dropout}
