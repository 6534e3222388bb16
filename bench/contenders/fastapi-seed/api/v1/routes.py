from typing import Annotated

from fastapi import APIRouter, Cookie, Depends, HTTPException, Response
from sqlalchemy.orm import Session

from api.core import responses
from api.core.dependencies.user import get_current_user
from api.db.database import get_db
from api.v1.models.auth import User
from api.v1.schemas.auth import CreateUser, LoginUser, Message, Refreshed, ShowUser, SignedIn, SignedUp
from api.v1.services import auth

router = APIRouter()
Db = Annotated[Session, Depends(get_db)]
CurrentUser = Annotated[User, Depends(get_current_user)]


def signed_in(user: User, response: Response) -> dict:
    refresh_token = auth.create_refresh_token(user.id)
    auth.set_refresh_cookie(response, refresh_token)
    return {"data": user, "access_token": auth.create_access_token(user.id), "refresh_token": refresh_token}


@router.post("/signup", response_model=SignedUp, status_code=201)
def signup(wanted: CreateUser, response: Response, db: Db):
    return signed_in(auth.create_user(db, wanted), response)


@router.post("/login", response_model=SignedIn)
def login(wanted: LoginUser, response: Response, db: Db):
    return signed_in(auth.authenticate_user(db, wanted), response)


@router.get("/user", response_model=ShowUser)
def get_user(user: CurrentUser):
    return user


@router.get("/refresh-access-token", response_model=Refreshed)
def refresh_access_token(db: Db, refresh_token: Annotated[str | None, Cookie()] = None):
    if refresh_token is None:
        raise HTTPException(401, responses.COULD_NOT_VALIDATE_CREDENTIALS)
    user = auth.user_of_token(db, refresh_token, "refresh")
    access_token = auth.create_access_token(user.id)
    return {"user": user, "access_token": access_token, "expires_in": auth.ACCESS_MINUTES * 60}


@router.post("/logout", response_model=Message)
def logout(_user: CurrentUser, response: Response):
    response.delete_cookie("refresh_token")
    return {"message": responses.LOGGED_OUT}
