"""The seed's design: FastAPI, SQLAlchemy, passlib and python-jose, laid out as its document says."""

from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.db.database import Base, engine
from api.v1.routes import router


@asynccontextmanager
async def lifespan(_app: FastAPI):
    Base.metadata.create_all(bind=engine)
    yield


app = FastAPI(title="FastAPI Authentication API", lifespan=lifespan)
app.include_router(router)
