from typing import Annotated

from fastapi import Depends
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.orm import Session

from api.db.database import get_db
from api.v1.models.auth import User
from api.v1.services.auth import user_of_token

bearer = OAuth2PasswordBearer(tokenUrl="/login")


def get_current_user(token: Annotated[str, Depends(bearer)], db: Annotated[Session, Depends(get_db)]) -> User:
    return user_of_token(db, token, "access")
