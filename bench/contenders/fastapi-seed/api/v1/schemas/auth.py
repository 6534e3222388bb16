from pydantic import BaseModel, ConfigDict, EmailStr


class CreateUser(BaseModel):
    username: str
    email: EmailStr
    password: str


class LoginUser(BaseModel):
    email: EmailStr
    password: str


class ShowUser(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    username: str
    email: str


class SignedIn(BaseModel):
    data: ShowUser
    access_token: str
    refresh_token: str
    token_type: str = "bearer"


class SignedUp(SignedIn):
    message: str = "Success"


class Refreshed(BaseModel):
    user: ShowUser
    access_token: str
    expires_in: int


class Message(BaseModel):
    message: str
