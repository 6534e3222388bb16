from datetime import datetime, timedelta, timezone

from decouple import config
from fastapi import HTTPException, Response
from jose import JWTError, jwt
from passlib.context import CryptContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.core import responses
from api.v1.models.auth import User
from api.v1.schemas.auth import CreateUser, LoginUser

SECRET_KEY = config("SECRET_KEY")
ALGORITHM = "HS256"
ACCESS_MINUTES = config("ACCESS_TOKEN_EXPIRE_MINUTES", default=15, cast=int)
REFRESH_DAYS = config("JWT_REFRESH_EXPIRY", default=30, cast=int)
PRODUCTION = config("PYTHON_ENV", default="") == "production"

# bcrypt with passlib's own 12 rounds is what such applications have; argon2id is for a comparison at equal cost.
if config("PASSWORD_SCHEME", default="bcrypt") == "argon2":
    passwords = CryptContext(
        schemes=["argon2"], argon2__type="ID", argon2__memory_cost=19456, argon2__time_cost=2, argon2__parallelism=1
    )
else:
    passwords = CryptContext(schemes=["bcrypt"])


def _token(user_id: int, kind: str, life: timedelta) -> str:
    claims = {"sub": str(user_id), "type": kind, "exp": datetime.now(timezone.utc) + life}
    return jwt.encode(claims, SECRET_KEY, algorithm=ALGORITHM)


def create_access_token(user_id: int) -> str:
    return _token(user_id, "access", timedelta(minutes=ACCESS_MINUTES))


def create_refresh_token(user_id: int) -> str:
    return _token(user_id, "refresh", timedelta(days=REFRESH_DAYS))


def set_refresh_cookie(response: Response, token: str) -> None:
    response.set_cookie(
        "refresh_token", token, max_age=REFRESH_DAYS * 86_400, httponly=True, secure=PRODUCTION, samesite="strict"
    )


def user_of_token(db: Session, token: str, kind: str) -> User:
    refused = HTTPException(401, responses.COULD_NOT_VALIDATE_CREDENTIALS, {"WWW-Authenticate": "Bearer"})
    try:
        claims = jwt.decode(token, SECRET_KEY, algorithms=[ALGORITHM])
    except JWTError:
        raise refused
    if claims.get("type") != kind:
        raise refused
    user = db.scalar(select(User).where(User.id == int(claims["sub"]), User.is_deleted.is_(False)))
    if user is None:
        raise refused
    return user


def create_user(db: Session, wanted: CreateUser) -> User:
    if db.scalar(select(User).where(User.email == wanted.email)) is not None:
        raise HTTPException(400, responses.EMAIL_TAKEN)
    if db.scalar(select(User).where(User.username == wanted.username)) is not None:
        raise HTTPException(400, responses.USERNAME_TAKEN)
    user = User(username=wanted.username, email=wanted.email, password=passwords.hash(wanted.password))
    db.add(user)
    db.commit()
    db.refresh(user)
    return user


def authenticate_user(db: Session, wanted: LoginUser) -> User:
    user = db.scalar(select(User).where(User.email == wanted.email, User.is_deleted.is_(False)))
    if user is None or not passwords.verify(wanted.password, user.password):
        raise HTTPException(401, responses.INVALID_CREDENTIALS)
    return user
