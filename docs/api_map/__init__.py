"""The map from Keras 1.2.2 over Keras 2 to Keras 3: read from the sources, tried on the installed libraries.

python -m docs.api_map             write docs/api-map.md and docs/api-map/*.md
python -m docs.api_map --check     exit 1 if any of them is not what the sources and the rules say now
python -m docs.api_map --missing   print what is neither unchanged nor dealt with by a rule, by family

Each public item of a legacy Keras becomes a few lines of code that use it (`snippets`). kerasfix fixes these lines, and
what comes out is held against the installed libraries (`probe`): each name has to be there, each call has to fit the
signature, each layer has to be built, and what the call did not say has to mean what it meant (`classify`).
"""
