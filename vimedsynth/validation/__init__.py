"""The data gate: what is wrong in any artefact of the project, problem by problem, one bad row never hiding the others.

    paths --artefacts--> (file, schema) --rows--> Row | Problem --conformance, rules--> Problem --reporters--> text

Every check is a pure function of its arguments and yields :class:`vimedsynth.validation.problems.Problem` values.
"""
