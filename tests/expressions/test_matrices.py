"""Matrix expressions: values against numpy, names, and the errors of shapes."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session
from xmixed.missing import MISSING

A = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -0.25], [0.5, -0.25, 2.0]])
B = np.array([[1.0, -2.0, 3.0], [0.0, 5.0, 1.0], [2.0, 2.0, -1.0]])
x = np.array([[2.0, -1.0, 0.5]])


@pytest.fixture
def session() -> Session:
    session = Session()
    session.run("matrix A = (4, 1, .5 \\ 1, 3, -.25 \\ .5, -.25, 2)")
    session.run("matrix input B = (1 -2 3 \\ 0 5 1 \\ 2, 2, -1)")
    session.run("matrix x = (2, -1, .5)")
    session.run("scalar k = 3")
    return session


def value(session: Session, expression: str) -> np.ndarray:
    session.run(f"matrix R = {expression}")
    return session.matrices["R"].values


D = np.sqrt(np.diag(A))
EXPRESSIONS = [
    ("A + B", A + B),
    ("A - B - A", -B),
    ("A*B", A @ B),
    ("A'*B'", A.T @ B.T),
    ("(A*B)'", (A @ B).T),
    ("-A*k", -3 * A),
    ("k*A/2", 1.5 * A),
    ("2*A*x'", 2 * A @ x.T),
    ("x*A*x'", x @ A @ x.T),
    ("A # x", np.kron(A, x)),
    ("A, B", np.hstack([A, B])),
    ("A \\ B", np.vstack([A, B])),
    ("A, x' \\ x, 9", np.block([[A, x.T], [x, np.array([[9.0]])]])),
    ("A[2..3, 1]", A[1:3, :1]),
    ("A[2..., .]", A[1:]),
    ("A[1, 2..3]", A[:1, 1:]),
    ('A["r2", "c3"]', A[1:2, 2:3]),
    ("A[2,1] + A[3,3]^2", np.array([[5.0]])),
    ("I(2)", np.eye(2)),
    ("J(2, k, sqrt(4))", np.full((2, 3), 2.0)),
    ("diag(x)", np.diag(x[0])),
    ("diag(vecdiag(A))", np.diag(np.diag(A))),
    ("vec(B)", B.T.reshape(-1, 1)),
    ("hadamard(A, B)", A * B),
    ("inv(B)", np.linalg.inv(B)),
    ("invsym(A)", np.linalg.inv(A)),
    ("syminv(A)", np.linalg.inv(A)),
    ("cholesky(A)", np.linalg.cholesky(A)),
    ("corr(A)", A / np.outer(D, D)),
    ("sweep(sweep(A, 2), 2)", A),
    ("sweep(sweep(sweep(A, 1), 2), 3)", np.linalg.inv(A)),
    ("nullmat(absent), A", A),
    ("(det(A*B), trace(A), rowsof(A), colsof(x))", [[np.linalg.det(A @ B), 9.0, 3.0, 3.0]]),
    ('(el(B,2,3), rownumb(A,"r2"), colnumb(A,"c9"), issymmetric(A))', [[1.0, 2.0, MISSING, 1.0]]),
    ("(diag0cnt(B - B), matmissing(A), mreldif(A, A + I(3)))", [[3.0, 0.0, np.max(1 / (np.diag(A) + 2))]]),
    ("(x[1,1] > 1, 1 == 2, !0)", [[1.0, 0.0, 1.0]]),
]


@pytest.mark.parametrize(("expression", "expected"), EXPRESSIONS)
def test_values(session: Session, expression: str, expected: np.ndarray) -> None:
    np.testing.assert_allclose(value(session, expression), expected, rtol=1e-13, atol=1e-13)


def test_dependent_columns_are_zero_in_the_inverse_of_a_symmetric_matrix(session: Session) -> None:
    X = np.array([[1.0, 2.0, 2.0], [1.0, 3.0, 3.0], [1.0, 7.0, 7.0], [1.0, 4.0, 4.0]])
    cross = X.T @ X
    session.run("matrix X = (1,2,2 \\ 1,3,3 \\ 1,7,7 \\ 1,4,4)")
    inverse = value(session, "invsym(X'*X)")
    assert np.all(inverse[2] == 0) and np.all(inverse[:, 2] == 0)
    np.testing.assert_allclose(inverse[:2, :2], np.linalg.inv(cross[:2, :2]), rtol=1e-12)
    assert value(session, "diag0cnt(invsym(X'*X))") == 1


def test_missing_elements_make_sums_and_products_missing(session: Session) -> None:
    session.run("matrix A[1,2] = .")
    product = value(session, "A*B")
    assert np.all(product[0] == MISSING) and np.all(product[1:] < MISSING)
    assert value(session, "A + B")[0, 1] == MISSING


def test_names_come_from_the_left_and_the_right_operand(session: Session) -> None:
    session.run("matrix rownames A = a b eq:c\nmatrix colnames B = p q r\nmatrix P = A*B\nmatrix Q = P'")
    P, Q = session.matrices["P"], session.matrices["Q"]
    assert (P.row_names, P.column_names) == (["a", "b", "eq:c"], ["p", "q", "r"])
    assert (Q.row_names, Q.column_names) == (P.column_names, P.row_names)
    session.run("matrix S = A \\ x")
    assert session.matrices["S"].row_names == ["a", "b", "eq:c", "r4"]
    session.run("matrix roweq S = one one two _")
    assert session.matrices["S"].row_names == ["one:a", "one:b", "two:c", "r4"]
    session.run("matrix colnames S = first: u v w\nmatrix coleq S = last")
    assert session.matrices["S"].column_names == ["last:u", "last:v", "last:w"]


def test_elements_are_assigned_in_a_copy(session: Session) -> None:
    session.run("matrix C = A\nmatrix C[2,2] = (7, 8 \\ 9, 10)")
    assert np.array_equal(session.matrices["A"].values, A)
    assert session.matrices["C"].values[1:, 1:].tolist() == [[7, 8], [9, 10]]


def test_decompositions_give_the_matrix_back(session: Session) -> None:
    session.run("matrix symeigen X v = A\nmatrix E = X*diag(v)*X'")
    np.testing.assert_allclose(session.matrices["E"].values, A, atol=1e-12)
    assert np.all(np.diff(session.matrices["v"].values) < 0)
    session.run("matrix svd U w V = B\nmatrix E = U*diag(w)*V'")
    np.testing.assert_allclose(session.matrices["E"].values, B, atol=1e-12)
    session.run("matrix eigenvalues re im = B")
    found = session.matrices["re"].values[0] + 1j * session.matrices["im"].values[0]
    np.testing.assert_allclose(np.sort_complex(found), np.sort_complex(np.linalg.eigvals(B)), atol=1e-12)


def test_results_of_estimation_in_expressions() -> None:
    session = Session()
    session.run("sysuse sleepstudy, clear\nquietly xtmixed reaction days || subject:")
    session.run('matrix b = get(_b)[1,"reaction:"]\nmatrix V = get(VCE)\nmatrix se = sqrt(V[1,1]), _se[days]')
    assert session.matrices["b"].column_names == ["reaction:days", "reaction:_cons"]
    assert session.matrices["se"].values[0, 0] == pytest.approx(session.matrices["se"].values[0, 1])


def test_uniform_numbers_follow_the_seed(session: Session) -> None:
    session.run("set seed 7\nmatrix U = matuniform(2,3)\nset seed 7\nmatrix V = matuniform(2,3)")
    U = session.matrices["U"].values
    assert U.shape == (2, 3) and np.all((U > 0) & (U < 1))
    assert np.array_equal(U, session.matrices["V"].values)


def test_accum_and_vecaccum_against_numpy() -> None:
    session = Session()
    session.run("sysuse sleepstudy, clear\nreplace reaction = . in 3")
    data = np.column_stack([session.data["reaction"].to_double(), session.data["days"].to_double()])
    kept = np.delete(data, 2, axis=0)
    full = np.column_stack([kept, np.ones(len(kept))])
    session.run("matrix accum A = reaction days\nmatrix vecaccum a = reaction days, noconstant")
    np.testing.assert_allclose(session.matrices["A"].values, full.T @ full, rtol=1e-13)
    np.testing.assert_allclose(session.matrices["a"].values[0], [kept[:, 0] @ kept[:, 1]], rtol=1e-13)
    session.run("matrix accum C = reaction days, deviations means(m)")
    session.run("matrix accum W = days [fw=subject], nocons")
    centred = kept - kept.mean(axis=0)
    np.testing.assert_allclose(session.matrices["C"].values, centred.T @ centred, rtol=1e-9)
    np.testing.assert_allclose(session.matrices["m"].values[0], kept.mean(axis=0), rtol=1e-13)
    weight = session.data["subject"].to_double()
    assert session.matrices["W"].values[0, 0] == pytest.approx(weight @ data[:, 1] ** 2)


def test_variables_to_matrices_and_back() -> None:
    session = Session()
    session.run("sysuse sleepstudy, clear\nmkmat reaction days if subject == 308, matrix(M) rowprefix(day)")
    assert session.matrices["M"].row_names[:2] == ["day1", "day2"]
    session.run("clear\nsvmat double M, names(eqcol)\nmkmat reaction, nomissing rownames(days)")
    assert session.data.names == ["reaction", "days"] and session.data["days"].type == "double"
    assert session.matrices["reaction"].row_names[:2] == ["0", "1"]
    session.run("svmat M, names(matcol)")
    assert session.data.names[2:] == ["Mreaction", "Mdays"]


ERRORS = [
    ("matrix R = A*x", 503, "conformability error"),
    ("matrix R = A + x", 503, "conformability error"),
    ("matrix R = A, x", 503, "conformability error"),
    ("matrix R = 2 / A", 503, "conformability error"),
    ("matrix R = absent", 111, "absent not found"),
    ("matrix R = nullmat(absent)", 111, "matrix not found"),
    ("matrix R =", 111, "matrix not found"),
    ("matrix R", 100, "=exp required"),
    ("matrix R = A[4,1..2]", 503, "conformability error"),
    ('matrix R = A["zz",1]', 111, "zz not found"),
    ("matrix R = J(0,1,1)", 198, "invalid syntax"),
    ("matrix R = J(20000,1,1)", 908, "matsize too small"),
    ("matrix R = cholesky(B)", 505, "matrix not symmetric"),
    ("matrix R = cholesky(-A)", 506, "matrix not positive definite"),
    ("matrix R = inv(J(2,2,1))", 504, "matrix singular"),
    ("matrix R = inv(x)", 505, "matrix not square"),
    ('matrix R = "text"', 109, "type mismatch"),
    ("matrix R = A > B", 509, "matrix operators that return matrices not allowed in this context"),
    ("matrix R = (1, 2", 198, "invalid syntax"),
    ("matrix R = 1 +", 198, "invalid syntax"),
    ("matrix R = A @ B", 198, "invalid syntax"),
    ('matrix R = A["r1', 132, "too few quotes"),
    ("matrix 1R = A", 198, "invalid syntax"),
    ("matrix input R = (1, k)", 198, "invalid syntax"),
    ("matrix input R = (1, 2 \\ 3)", 503, "conformability error"),
    ("matrix rownames A = a b", 503, "conformability error"),
    ("matrix coleq A = a b c d", 503, "conformability error"),
    ("matrix drop absent", 111, "matrix absent not found"),
    ("matrix rename A B", 110, "B already defined"),
    ("matrix symeigen X v = B", 505, "matrix not symmetric"),
    ("matrix svd U w V = x", 503, "conformability error"),
    ("matrix R = " + "(" * 300 + "1" + ")" * 300, 130, "expression too long"),
]


@pytest.mark.parametrize(("command", "code", "message"), ERRORS, ids=[command[:40] for command, *_ in ERRORS])
def test_errors_change_nothing(session: Session, command: str, code: int, message: str) -> None:
    before = dict(session.matrices)
    with pytest.raises(StataError) as raised:
        session.run(command)
    assert (raised.value.code, raised.value.message) == (code, message)
    assert session.matrices == before
