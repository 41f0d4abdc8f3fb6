"""Is a free answer supported by the report? Each fact of the answer is judged against the findings it is about.

The judge is a chain of classes: attributes (numbers, uptake, readings of one fact against one finding), support (which
finding a fact is about), absences (denials), judge (the way through one answer).
"""

from vimedsynth.answers.judge import AnswerJudge, judge_answer

__all__ = ["AnswerJudge", "judge_answer"]
