"""Tests of specification that are commands of their own.

linktest after models of one equation; xttest0, xttest3 and xtserial of panels. Those of `estat` stand
elsewhere.
"""
